/// What an index file holds, and what compression saved.
public struct IndexFileReport: Sendable, Equatable {
  /// The path as it was given.
  public let path: String
  /// The size of the file in bytes.
  public let fileBytes: Int
  /// The sections in file order.
  public let sections: [IndexSection]

  /// What the file would take without compression, in bytes.
  public var uncompressedFileBytes: Int {
    fileBytes + sections.reduce(0) { $0 + $1.rawBytes.paged - $1.storedBytes.paged }
  }

  /// What compression saved, in bytes.
  public var savedBytes: Int { uncompressedFileBytes - fileBytes }
}
