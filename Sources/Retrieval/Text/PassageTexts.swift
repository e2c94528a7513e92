public import VectorCore

/// The texts of a corpus by their ids, for showing what a search found.
///
/// All are in memory: about the size of the file, and some 30 bytes for each passage.
public struct PassageTexts: Sendable {
  private let bytes: [UInt8]
  /// The end of each text in ``bytes``.
  private let ends: [Int]
  private let placeOf: [String: Int]

  /// Reads a corpus.
  ///
  /// - Throws: ``VectorCore/FileError`` for a bad line, with its number; of texts with the same id
  ///   the first counts.
  /// - Complexity: O(size of the file).
  public init(_ file: TextFile, layout: TextLayout) throws(FileError) {
    var reader = try TextReader(file, layout: layout)
    var bytes: [UInt8] = []
    var ends: [Int] = []
    var placeOf: [String: Int] = [:]
    while let record = try reader.next() {
      guard placeOf[record.id] == nil else { continue }
      placeOf[record.id] = ends.count
      bytes += record.text
      ends.append(bytes.count)
    }
    (self.bytes, self.ends, self.placeOf) = (bytes, ends, placeOf)
  }

  /// The text of a passage; `nil` where the corpus has no such id.
  public subscript(id: String) -> String? {
    placeOf[id].map { place in
      String(decoding: bytes[(place == 0 ? 0 : ends[place - 1])..<ends[place]], as: UTF8.self)
    }
  }
}
