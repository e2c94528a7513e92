internal import VectorCore

extension JSONNode {
  /// The bytes of a text.
  func bytes() throws(FileError) -> [UInt8] { Array(try text().utf8) }

  /// A whole number from 0 to ``Vocabulary/largestID``.
  func id() throws(FileError) -> Int32 {
    Int32(truncatingIfNeeded: try integer(in: 0...Int(Vocabulary.largestID)))
  }

  /// A member's truth value, or a default where it is missing.
  func flag(_ name: String, default value: Bool) throws(FileError) -> Bool {
    try self[name]?.flag() ?? value
  }

  /// The value of the member "type".
  func type() throws(FileError) -> String { try required("type").text() }
}

/// The bytes of a file.
func readFile(_ path: String) throws(FileError) -> [UInt8] {
  let file = try MappedFile(path: path)
  return file.prefix(file.count)
}
