extension VectorIDs {
  /// Reads ids from a text file: one word a line, lines ended by LF or CRLF.
  ///
  /// Where every id is a whole number below 2⁶⁴, written without leading zeros or sign, the ids are
  /// these numbers. Else the ids are row numbers and the words their ``names``: an id such as `007`
  /// stays what it is.
  /// - Parameters:
  ///   - path: the file.
  ///   - count: how many ids there must be.
  ///   - vectors: what the message for another count calls the vectors.
  /// - Throws: ``FileError`` that names the line: blank lines, ids with blanks or control
  ///   characters, bytes that are no UTF-8, ids that stand twice; and where there are fewer or more
  ///   than `count`.
  public init(
    contentsOf path: String,
    count: Int,
    vectors: String = "the set"
  ) throws(FileError) {
    let file = try MappedFile(path: path)
    let found = try unsafe file.withUnsafeBytes { (bytes) throws(FileError) in
      let lines = unsafe IDLines(bytes, path: path)
      return try lines.ids(expecting: count)
    }
    guard (found.count ?? 0) == count else {
      throw FileError(
        .badData,
        path: path,
        reason: "\(found.count ?? 0) ids, but \(vectors) has \(count) vectors",
        remedy: "give one id a line for each vector"
      )
    }
    self = found
  }
}

/// Checks that ids are words: no run could hold others, since its columns are separated by blanks.
package enum IDWord {
  /// What is wrong with an id.
  ///
  /// - Parameter bytes: the id in any encoding.
  /// - Returns: such as "is blank", to follow "the id"; `nil` for a word.
  package static func fault(of bytes: some Collection<UInt8>) -> String? {
    guard !bytes.isEmpty else { return "is blank" }
    // Most ids are of ASCII, and there are many.
    if bytes.allSatisfy({ (0x21...0x7E).contains($0) }) { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else { return "is not UTF-8 text" }
    if text.unicodeScalars.first == "\u{FEFF}" {
      return "begins with a byte order mark"
    }
    let isBad = text.unicodeScalars.contains { scalar in
      scalar.properties.isWhitespace || scalar.value < 0x20 || scalar.value == 0x7F
    }
    guard isBad else { return nil }
    let shown = text.unicodeScalars.prefix(40).map { $0.value < 32 ? " " : Character($0) }
    return "'\(String(shown))' holds a blank or a control character"
  }
}

/// The lines of a file of ids.
@safe
private struct IDLines {
  private let bytes: UnsafeRawBufferPointer
  private let path: String

  init(_ bytes: UnsafeRawBufferPointer, path: String) {
    unsafe self.bytes = unsafe bytes
    self.path = path
  }

  /// Numbers where all lines are some, else names.
  func ids(expecting count: Int) throws(FileError) -> VectorIDs {
    do {
      if let numbers = try numbers(expecting: count) { return try VectorIDs(numbers) }
      var names = VectorNames.Builder()
      try unsafe forEachLine { (line, word) throws(FileError) in
        if let fault = unsafe IDWord.fault(of: word) { throw failure(line, "the id \(fault)") }
        unsafe names.append(word)
        return true
      }
      return VectorIDs(names: try names.finished())
    } catch let error as IndexError {
      throw duplicate(error)
    } catch let error as FileError {
      throw error
    } catch {
      preconditionFailure("neither of the errors that ids have: \(error)")
    }
  }

  /// All ids as numbers, or `nil` where one is none.
  private func numbers(expecting count: Int) throws(FileError) -> [UInt64]? {
    var ids: [UInt64] = []
    // The expected count is the caller's, not the file's; each id takes two bytes at least.
    ids.reserveCapacity(unsafe min(count, bytes.count / 2 + 1))
    let isNumeric = try unsafe forEachLine { (_, word) throws(FileError) in
      guard let number = unsafe canonicalNumber(word) else { return false }
      ids.append(number)
      return true
    }
    return isNumeric ? ids : nil
  }

  /// The number that digits stand for, if this is its one way to be written.
  private func canonicalNumber(_ word: UnsafeRawBufferPointer) -> UInt64? {
    guard let first = unsafe word.first, word.count == 1 || first != UInt8(ascii: "0") else {
      return nil
    }
    var value: UInt64 = 0
    for place in word.indices {
      let digit = unsafe word[place] &- UInt8(ascii: "0")
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(UInt64(digit))
      guard digit <= 9, !overflow, !carry else { return nil }
      value = sum
    }
    return value
  }

  /// Calls `body` with the number and the content of each line until it returns `false`.
  ///
  /// - Returns: whether it never did.
  @discardableResult
  private func forEachLine(
    _ body: (Int, UnsafeRawBufferPointer) throws(FileError) -> Bool
  ) throws(FileError) -> Bool {
    var start = 0
    var line = 0
    while unsafe start < bytes.count {
      line += 1
      let rest = unsafe bytes[start...]
      let end = unsafe rest.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      let isCRLF = unsafe end < bytes.count && end > start && bytes[end - 1] == UInt8(ascii: "\r")
      let word = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<(isCRLF ? end - 1 : end)])
      guard try unsafe body(line, word) else { return false }
      start = end + 1
    }
    return true
  }

  private func failure(_ line: Int, _ reason: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: "line \(line)",
      reason: reason,
      remedy: "give one id a line, a number or a word"
    )
  }

  private func duplicate(_ error: IndexError) -> FileError {
    let (id, first, second): (String, Int, Int)
    switch error {
    case .duplicateID(let number, let firstRow, let secondRow):
      (id, first, second) = ("\(number)", firstRow, secondRow)
    case .duplicateName(let name, let firstRow, let secondRow):
      (id, first, second) = ("'\(name)'", firstRow, secondRow)
    default: return FileError(.badData, path: path, reason: error.description)
    }
    return FileError(
      .badData,
      path: path,
      place: "line \(second + 1)",
      reason: "id \(id) stands at line \(first + 1) already",
      remedy: "ids must be unique"
    )
  }
}
