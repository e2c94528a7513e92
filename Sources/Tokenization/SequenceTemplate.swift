/// The special tokens around a sequence: `[CLS] x [SEP]`, `x </s>`, `<s> x </s>`.
struct SequenceTemplate: Sendable, Equatable {
  /// The ids before it.
  var prefix: [Int32] = []
  /// The ids behind it.
  var suffix: [Int32] = []

  /// How many ids are added.
  var count: Int { prefix.count + suffix.count }
}
