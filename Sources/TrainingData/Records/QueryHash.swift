internal import IndexStore

/// Numbers that stand for queries where chance is needed: what is drawn for one depends on the seed
/// and on the query alone, not on its place in a file.
enum QueryHash {
  /// The number of a query's id.
  static func of(_ id: String) -> UInt64 { Checksum.of(id.utf8) }

  /// The number of a text's tokens.
  static func of(_ tokens: [Int32]) -> UInt64 {
    unsafe tokens.withUnsafeBytes { unsafe Checksum.of($0) }
  }
}
