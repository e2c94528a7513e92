internal import VectorCore

/// A value of a JSON file with its place there, so that an error can name both.
struct JSONNode {
  /// The file.
  let path: String
  /// Where in the file: "model.vocab"; empty for the whole.
  let place: String
  /// The value.
  let value: JSONValue

  /// Reads a file.
  ///
  /// - Throws: ``FileError`` where it cannot be read or is no JSON.
  static func file(_ path: String) throws(FileError) -> JSONNode {
    let bytes = try readFile(path)
    guard (try? UTF8Span(validating: bytes.span)) != nil else {
      throw FileError(
        .badData,
        path: path,
        reason: "is not valid UTF-8, and so no JSON",
        remedy: "get the file again"
      )
    }
    return JSONNode(path: path, place: "", value: try JSONParser.parse(bytes, path: path))
  }

  /// An error about this place.
  func error(_ reason: String, remedy: String = "get the file again") -> FileError {
    FileError(
      .badData,
      path: path,
      place: place.isEmpty ? nil : place,
      reason: reason,
      remedy: remedy
    )
  }

  /// A member of an object; `nil` where it is missing or null.
  subscript(name: String) -> JSONNode? {
    guard case .object(let members) = value,
      let member = members.last(where: { $0.name.elementsEqual(name.utf8) }),
      member.value != .null
    else { return nil }
    return JSONNode(
      path: path,
      place: place.isEmpty ? name : "\(place).\(name)",
      value: member.value
    )
  }

  /// A member that must be there.
  func required(_ name: String) throws(FileError) -> JSONNode {
    guard let node = self[name] else { throw error("has no '\(name)'") }
    return node
  }

  /// The members of an object.
  func members() throws(FileError) -> [JSONMember] {
    guard case .object(let members) = value else { throw error("is no object") }
    return members
  }

  /// The elements of an array.
  func elements() throws(FileError) -> [JSONNode] {
    guard case .array(let elements) = value else { throw error("is no array") }
    return elements.enumerated().map {
      JSONNode(path: path, place: "\(place)[\($0.offset)]", value: $0.element)
    }
  }

  /// The bytes of a string.
  func bytes() throws(FileError) -> [UInt8] {
    guard case .string(let bytes) = value else { throw error("is no string") }
    return bytes
  }

  /// A string.
  func string() throws(FileError) -> String { String(decoding: try bytes(), as: UTF8.self) }

  /// A truth value.
  func bool() throws(FileError) -> Bool {
    guard case .bool(let value) = value else { throw error("is neither true nor false") }
    return value
  }

  /// A number.
  func number() throws(FileError) -> Double {
    guard case .number(let value) = value else { throw error("is no number") }
    return value
  }

  /// A whole number from 0 to ``Vocabulary/largestID``.
  func id() throws(FileError) -> Int32 {
    let number = try number()
    guard let id = Int32(exactly: number), id >= 0, id <= Vocabulary.largestID else {
      throw error("is \(number), not a whole number from 0 to \(Vocabulary.largestID)")
    }
    return id
  }

  /// A member's truth value, or a default where it is missing.
  func bool(_ name: String, default value: Bool) throws(FileError) -> Bool {
    try self[name]?.bool() ?? value
  }

  /// The value of the member "type".
  func type() throws(FileError) -> String { try required("type").string() }
}

/// The bytes of a file.
func readFile(_ path: String) throws(FileError) -> [UInt8] {
  let file = try MappedFile(path: path)
  return file.prefix(file.count)
}
