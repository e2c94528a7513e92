/// A value of a JSON file with its place there, so that an error can name both.
///
/// For files that other programs write, such as the configuration of a model: of members with the
/// same name the last one counts, and `null` is the same as nothing.
package struct JSONNode: Sendable {
  /// The file.
  package let path: String
  /// The value.
  package let value: JSON
  private let steps: Steps

  /// The way from the file's value to this one; put into words only for an error.
  private indirect enum Steps: Sendable {
    case root
    case member(String, of: Steps)
    case element(Int, of: Steps)

    var text: String {
      switch self {
      case .root: ""
      case .member(let name, .root): name
      case .member(let name, let parent): "\(parent.text).\(name)"
      case .element(let index, let parent): "\(parent.text)[\(index)]"
      }
    }
  }

  /// Larger files are no configurations and no vocabularies.
  private static let sizeLimit = 256 << 20

  /// Reads a file.
  ///
  /// - Throws: ``FileError`` where it is missing, cannot be read, or is no JSON, with line and column.
  package static func file(_ path: String) throws(FileError) -> JSONNode {
    let file = try MappedFile(path: path)
    guard file.count <= sizeLimit else {
      throw FileError(
        .badData,
        path: path,
        reason: "\(file.count) bytes are too many for a file of JSON",
        remedy: "give a file of at most \(sizeLimit) bytes"
      )
    }
    return try JSONNode(parsing: file.prefix(file.count), path: path)
  }

  /// Reads a text that is the file `path`, or a part of it.
  ///
  /// - Throws: ``FileError`` where it is no JSON, with line and column, counted from 1.
  package init(parsing bytes: [UInt8], path: String) throws(FileError) {
    do throws(JSON.Malformed) {
      value = try JSON(parsing: bytes, repeatingNames: true)
    } catch {
      let before = bytes.prefix(error.offset)
      let line = before.count { $0 == UInt8(ascii: "\n") } + 1
      let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
      throw FileError(
        .badData,
        path: path,
        place: "line \(line), column \(error.offset - start + 1)",
        reason: "is no JSON: \(error.reason)",
        remedy: "get the file again"
      )
    }
    self.path = path
    steps = .root
  }

  private init(path: String, value: JSON, steps: Steps) {
    self.path = path
    self.value = value
    self.steps = steps
  }

  /// Where in the file: "model.vocab"; `nil` for the whole.
  package var place: String? {
    let text = steps.text
    return text.isEmpty ? nil : text
  }

  /// An error about this place.
  package func error(_ reason: String, remedy: String = "get the file again") -> FileError {
    FileError(.badData, path: path, place: place, reason: reason, remedy: remedy)
  }

  private func isNo(_ kind: String) -> FileError { error("is \(value.kind), not \(kind)") }
}

extension JSONNode {
  /// A member of an object with its place.
  package func node(of member: JSONMember) -> JSONNode {
    JSONNode(path: path, value: member.value, steps: .member(member.name, of: steps))
  }

  /// The place of a member, whether it is there or not.
  private func place(of name: String) -> JSONNode {
    node(of: JSONMember(name, value[name] ?? .null))
  }

  /// A member of an object; `nil` where it is missing or null.
  package subscript(name: String) -> JSONNode? {
    guard let member = value[name], member != .null else { return nil }
    return place(of: name)
  }

  /// A member that must be there.
  ///
  /// - Throws: ``FileError`` where it is missing or null, or this is no object.
  package func required(_ name: String) throws(FileError) -> JSONNode {
    _ = try members()
    guard let node = self[name] else { throw error(about: name, "is missing") }
    return node
  }

  /// An error about the member of a name, whether it is there or not.
  package func error(
    about name: String,
    _ reason: String,
    remedy: String = "get the file again"
  ) -> FileError {
    place(of: name).error(reason, remedy: remedy)
  }

  /// The members of an object.
  package func members() throws(FileError) -> [JSONMember] {
    guard let members = value.members else { throw isNo("an object") }
    return members
  }

  /// The elements of a list.
  package func elements() throws(FileError) -> [JSONNode] {
    guard let elements = value.list else { throw isNo("a list") }
    return elements.enumerated().map { index, element in
      JSONNode(path: path, value: element, steps: .element(index, of: steps))
    }
  }

  /// A text.
  package func text() throws(FileError) -> String {
    guard let text = value.text else { throw isNo("a text") }
    return text
  }

  /// A truth value.
  package func flag() throws(FileError) -> Bool {
    guard case .flag(let flag) = value else { throw isNo("a truth value") }
    return flag
  }

  /// A finite number.
  package func number() throws(FileError) -> Double {
    guard case .number(let digits) = value else { throw isNo("a number") }
    guard let number = Double(digits), number.isFinite else {
      throw error("\(digits) is beyond the range of numbers")
    }
    return number
  }

  /// A whole number of a range.
  package func integer(in range: ClosedRange<Int>) throws(FileError) -> Int {
    let number = try number()
    guard let integer = value.integer ?? Int(exactly: number), range.contains(integer) else {
      let shown = if case .number(let digits) = value { digits } else { "\(number)" }
      throw error(
        "is \(shown), not a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return integer
  }
}
