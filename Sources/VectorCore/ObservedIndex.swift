/// An index that counts what its searches do, such as how many vectors a first pass let through.
///
/// Counts are for reports only: no answer depends on them.
public protocol ObservedIndex: VectorIndex {
  /// What was counted since the index was made or opened.
  var observations: [SearchObservation] { get }
}

/// One count.
public struct SearchObservation: Sendable, Equatable {
  /// What was counted, as a name for records: "surviving_pairs".
  public let name: String
  /// The count.
  public let count: Int

  /// Names a count.
  public init(_ name: String, _ count: Int) {
    self.name = name
    self.count = count
  }
}
