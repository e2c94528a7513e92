internal import Glibc
internal import VectorCore

/// Reads the names of queries or vectors, one a line, as runs and judgments have them.
///
/// - Parameters:
///   - path: the file.
///   - count: how many names there must be.
///   - owner: the name of the set that they belong to, for messages.
///   - what: what they name, for messages: "queries".
/// - Returns: the names in the order of the file.
/// - Throws: as ``readIDs(_:)``, and for more or fewer names than `count`.
func readIDs(
  _ path: String,
  count: Int,
  of owner: String,
  what: String
) throws(FileError) -> [String] {
  let names = try readIDs(path)
  guard names.count == count else {
    throw FileError(
      .badData,
      path: path,
      reason: "\(names.count) ids, but \(owner) holds \(count) \(what)",
      remedy: "give one id for each of the \(what)"
    )
  }
  return names
}

/// Reads names, one a line.
///
/// - Parameter path: the file.
/// - Returns: the names in the order of the file.
/// - Throws: ``VectorCore/FileError`` for a file that cannot be read and for a name that is empty, has
///   a blank or occurs twice.
func readIDs(_ path: String) throws(FileError) -> [String] {
  var lines = try readText(path).split(separator: "\n", omittingEmptySubsequences: false)
  if lines.last?.isEmpty == true { lines.removeLast() }
  var names: [String] = []
  var lineOf: [String: Int] = [:]
  for (place, line) in lines.enumerated() {
    let name = String(line)
    func fault(_ reason: String, _ remedy: String) -> FileError {
      FileError(.badData, path: path, place: "line \(place + 1)", reason: reason, remedy: remedy)
    }
    guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
      throw fault(
        name.isEmpty ? "no id" : "the id '\(name)' holds a blank",
        "give one word a line"
      )
    }
    if let first = lineOf.updateValue(place + 1, forKey: name) {
      throw fault("the id '\(name)' stands at line \(first) already", "make the ids unique")
    }
    names.append(name)
  }
  return names
}

/// A text file without carriage returns, as Windows writes them.
private func readText(_ path: String) throws(FileError) -> String {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw SystemError.current().whileReading(path) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = unsafe read(descriptor, &buffer, buffer.count)
    if count == 0 { break }
    guard count > 0 else {
      let error = SystemError.current()
      if error.code == EINTR { continue }
      throw error.whileReading(path)
    }
    bytes.append(contentsOf: buffer[..<count])
  }
  // CR LF is one Character, at which a split by "\n" would not cut.
  bytes.removeAll { $0 == UInt8(ascii: "\r") }
  guard let text = String(validating: bytes, as: UTF8.self) else {
    throw FileError(.badData, path: path, reason: "is no UTF-8 text", remedy: "convert it to UTF-8")
  }
  return text
}
