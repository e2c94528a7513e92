internal import VectorCore

/// Reads the vocabulary and the merges of a byte-pair encoding.
enum BytePairFiles {
  /// The merges in `merges.txt`: two tokens a line with a blank between them, most frequent first.
  ///
  /// - Throws: ``FileError`` with the line that is none, or whose tokens are not in the vocabulary.
  static func merges(
    _ path: String,
    _ vocabulary: Vocabulary
  ) throws(FileError) -> [BytePairMerges.Merge] {
    let lines = try readFile(path).split(separator: 0x0A, omittingEmptySubsequences: false)
    var merges: [BytePairMerges.Merge] = []
    for (number, line) in lines.enumerated() {
      let line = line.last == 0x0D ? line.dropLast() : line
      if line.starts(with: "#version".utf8) { continue }
      if line.isEmpty, number + 1 == lines.count { continue }
      let parts = line.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
      func error(_ reason: String, _ remedy: String) -> FileError {
        FileError(
          .badData,
          path: path,
          place: "line \(number + 1)",
          reason: reason,
          remedy: remedy
        )
      }
      guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
        throw error("a merge is two tokens with a blank between them", "get the file again")
      }
      merges.append(try merge(parts[0], parts[1], vocabulary, error))
    }
    return merges
  }

  /// The merges in `tokenizer.json`: pairs, in older files strings as in `merges.txt`.
  static func merges(
    _ node: JSONNode,
    _ vocabulary: Vocabulary
  ) throws(FileError) -> [BytePairMerges.Merge] {
    var merges: [BytePairMerges.Merge] = []
    for element in try node.elements() {
      var parts: [[UInt8]]
      if let line = element.value.text {
        parts = line.utf8.split(separator: 0x20, omittingEmptySubsequences: false).map(Array.init)
      } else {
        parts = []
        for part in try element.elements() { parts.append(try part.bytes()) }
      }
      guard parts.count == 2 else { throw element.error("a merge is two tokens") }
      merges.append(
        try merge(parts[0], parts[1], vocabulary) { element.error($0, remedy: $1) }
      )
    }
    return merges
  }

  private static func merge(
    _ left: [UInt8],
    _ right: [UInt8],
    _ vocabulary: Vocabulary,
    _ error: (_ reason: String, _ remedy: String) -> FileError
  ) throws(FileError) -> BytePairMerges.Merge {
    func id(_ token: [UInt8]) throws(FileError) -> Int32 {
      guard let id = vocabulary.id(of: token) else {
        throw error(
          "the token '\(String(decoding: token, as: UTF8.self))' is not in the vocabulary",
          "use a vocabulary and merges of the same model"
        )
      }
      return id
    }
    return BytePairMerges.Merge(
      left: try id(left),
      right: try id(right),
      merged: try id(left + right)
    )
  }

  /// The ids of the tokens of single bytes.
  ///
  /// - Throws: ``FileError`` where one is missing: no text could then be encoded for sure.
  static func byteIDs(_ vocabulary: Vocabulary, path: String) throws(FileError) -> [Int32] {
    var ids: [Int32] = []
    for byte in UInt8(0)...255 {
      guard let id = vocabulary.id(of: ByteAlphabet.token(of: byte)) else {
        throw FileError(
          .badData,
          path: path,
          reason: "has no token for the byte \(byte), and so is no byte-level vocabulary",
          remedy: "use a model of the RoBERTa family"
        )
      }
      ids.append(id)
    }
    return ids
  }
}
