public import VectorCore

/// PLACEHOLDER, replaced by the IndexStore work: an open index file.
public final class IndexFile: Sendable {
  /// What the file holds.
  public let summary: IndexSummary
  /// ids
  public let ids: VectorIDs
  init(summary: IndexSummary) {
    self.summary = summary
    ids = .rowNumbers
  }
  /// A section as an array: mapped where it is stored raw, decompressed into memory otherwise.
  public func array<Element: BitwiseCopyable>(
    _ section: String,
    of type: Element.Type,
    count: Int
  ) throws -> SharedArray<Element> { SharedArray([]) }
  /// Length in elements
  public func elementCount<T>(_ section: String, of type: T.Type) throws -> Int { 0 }
  /// a
  public var attributes: [String: Int] { [:] }
  /// c
  public func corrupt(section: String, place: String?, reason: String) -> FileError { FileError(.badData, path: "", reason: reason) }
}

/// PLACEHOLDER
public struct IndexFileWriter: ~Copyable {
  /// a
  public var attributes: [String: Int] = [:]
  /// Appends a section.
  public mutating func write<Element: BitwiseCopyable>(
    _ section: String,
    _ elements: SharedArray<Element>
  ) throws {}
}
