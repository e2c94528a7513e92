public import VectorCore

/// The texts of a corpus by their ids, for showing what a search found.
///
/// Of a plain file the places of the lines are in memory, some 60 bytes for each passage, and a text
/// is read when it is asked for. The texts of what is packed, or comes from a pipe, are in memory.
public struct PassageTexts: Sendable {
  /// Where the texts are.
  private enum Texts {
    /// In the file, the line of each at its place.
    case file
    /// In memory one behind the other; of each its end, by its place among them.
    case memory(bytes: [UInt8], ends: [Int])
  }

  private let file: TextFile
  private let layout: TextLayout
  private let placeOf: [String: Int]
  private let texts: Texts

  /// Reads a corpus.
  ///
  /// - Throws: ``VectorCore/FileError`` for a bad line, with its number; of texts with the same id
  ///   the first counts.
  /// - Complexity: O(size of the file).
  public init(_ file: TextFile, layout: TextLayout) throws(FileError) {
    self.file = file
    self.layout = layout
    var reader = try TextReader(file, layout: layout)
    let staysInFile = reader.isPlainFile
    var bytes: [UInt8] = []
    var ends: [Int] = []
    var placeOf: [String: Int] = [:]
    while let record = try reader.next() {
      guard placeOf[record.id] == nil else { continue }
      placeOf[record.id] = staysInFile ? reader.lineOffset : ends.count
      guard !staysInFile else { continue }
      bytes += record.text
      ends.append(bytes.count)
    }
    self.placeOf = placeOf
    texts = staysInFile ? .file : .memory(bytes: bytes, ends: ends)
  }

  /// The text of a passage.
  ///
  /// - Returns: the text; `nil` where the corpus has no such id.
  /// - Throws: ``VectorCore/FileError`` where the file is no longer what it was.
  public func text(of id: String) throws(FileError) -> String? {
    guard let place = placeOf[id] else { return nil }
    switch texts {
    case .memory(let bytes, let ends):
      let start = place == 0 ? 0 : ends[place - 1]
      return String(decoding: bytes[start..<ends[place]], as: UTF8.self)
    case .file:
      var reader = try TextReader(file, layout: layout, from: place)
      // Every line was good before; where one is not, its number would say nothing.
      guard let record = try? reader.next(), record.id == id else {
        throw FileError(
          .inputOutput,
          path: file.path,
          place: "byte \(place)",
          reason: "the passage '\(id)' is no longer here",
          remedy: "leave the file alone while it is searched"
        )
      }
      return String(decoding: record.text, as: UTF8.self)
    }
  }
}
