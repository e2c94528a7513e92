/// A value of JSON (RFC 8259), read strictly: what a manifest, a line of a corpus, a model's
/// configuration or its vocabulary holds.
///
/// Foundation's readers are not used because they would bring their library into every program that
/// opens an index, because they do not say at which byte a text is wrong, and because their
/// dictionaries take names for one that differ in Unicode's normalization only.
package enum JSON: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case flag(Bool)
  /// A number as it is written, so that ids and 64-bit numbers keep every digit.
  case number(String)
  /// A text.
  case text(String)
  /// An array.
  case list([JSON])
  /// An object, its members in their order.
  case object([JSONMember])

  /// The members of an object, `nil` for other values.
  package var members: [JSONMember]? {
    guard case .object(let members) = self else { return nil }
    return members
  }

  /// A text's content, `nil` for other values.
  package var text: String? {
    guard case .text(let text) = self else { return nil }
    return text
  }

  /// The elements of an array, `nil` for other values.
  package var list: [JSON]? {
    guard case .list(let elements) = self else { return nil }
    return elements
  }

  /// A whole number that is written without fraction and exponent; `nil` for other values.
  package var integer: Int? {
    guard case .number(let digits) = self else { return nil }
    return Int(digits)
  }

  /// The member whose name has these very bytes, the last where there are several; `nil` where there
  /// is none or where this is no object.
  package subscript(name: String) -> JSON? {
    members?.last { $0.name == name && $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// What kind of value this is, for messages: "a list".
  package var kind: String {
    switch self {
    case .null: "null"
    case .flag: "a truth value"
    case .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

/// A named value in an object.
package struct JSONMember: Sendable, Equatable {
  /// The name, unescaped.
  package let name: String
  /// The value.
  package let value: JSON

  /// Pairs a name with a value.
  package init(_ name: String, _ value: JSON) {
    self.name = name
    self.value = value
  }
}

extension JSON {
  /// The value as text over several lines, two spaces a level, for files that people look into.
  package var indented: String { written(indent: "\n") + "\n" }

  /// The value as text on one line, without blanks.
  package var compact: String {
    switch self {
    case .list(let elements):
      return "[" + elements.map(\.compact).joined(separator: ",") + "]"
    case .object(let members):
      let parts = members.map { Self.quoted($0.name) + ":" + $0.value.compact }
      return "{" + parts.joined(separator: ",") + "}"
    default: return written(indent: "")
    }
  }

  private func written(indent: String) -> String {
    switch self {
    case .null: return "null"
    case .flag(let flag): return "\(flag)"
    case .number(let digits): return digits
    case .text(let text): return Self.quoted(text)
    case .list(let elements):
      guard !elements.isEmpty else { return "[]" }
      let lines = elements.map { indent + "  " + $0.written(indent: indent + "  ") }
      return "[" + lines.joined(separator: ",") + indent + "]"
    case .object(let members):
      guard !members.isEmpty else { return "{}" }
      let lines = members.map { member in
        indent + "  " + Self.quoted(member.name) + ": "
          + member.value.written(indent: indent + "  ")
      }
      return "{" + lines.joined(separator: ",") + indent + "}"
    }
  }

  /// A JSON string: quotes, backslashes and control characters escaped, all else as it is.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // The separators are line breaks to JavaScript and to some readers of lines.
      case "\u{0}"..<"\u{20}", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
