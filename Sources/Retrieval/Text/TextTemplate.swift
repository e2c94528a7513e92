public import VectorCore

/// How the text that is encoded is made of a record's fields: `Title: <title> Text: <text>`.
///
/// All fields are replaced in one pass, so that a value which looks like a field is left alone. A
/// name with dots, `<metadata.author>`, walks nested objects of JSON. A literal `<` is written `\<`,
/// a literal backslash `\\`; what the tokenizer knows as a special token, such as `[SEP]`, is
/// written as it is.
public struct TextTemplate: Sendable, Equatable, CustomStringConvertible {
  private enum Part: Sendable, Equatable {
    case literal([UInt8])
    /// The value at a place in ``fields``.
    case field(Int)
  }

  /// The names of the fields, in the order of their first use.
  public let fields: [String]
  /// The template as it was given.
  public let description: String
  private let parts: [Part]
  /// Whether parts are joined by a blank, empty ones left out.
  private let joins: Bool

  /// Reads a template.
  ///
  /// - Throws: ``TextTemplateError`` for a template without fields, a `<` without its `>`, an empty
  ///   name, and a backslash before anything but `<` and a backslash.
  public init(parsing text: String) throws(TextTemplateError) {
    var parts: [Part] = []
    var fields: [String] = []
    var literal: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst(), escaped == byte || escaped == UInt8(ascii: "<") else {
          throw TextTemplateError(
            template: text,
            reason: "a backslash stands before no '<' and no '\\'"
          )
        }
        literal.append(escaped)
      case UInt8(ascii: "<"):
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else {
          throw TextTemplateError(
            template: text,
            reason: "a '<' has no '>'; write '\\<' for the sign itself"
          )
        }
        let name = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[(end + 1)...]
        guard !name.isEmpty, !name.contains("<") else {
          throw TextTemplateError(template: text, reason: "'<\(name)>' is no field's name")
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        literal = []
        let place = fields.firstIndex(of: name) ?? fields.count
        if place == fields.count { fields.append(name) }
        parts.append(.field(place))
      default: literal.append(byte)
      }
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    guard !fields.isEmpty else {
      throw TextTemplateError(template: text, reason: "there is no field in it, such as '<text>'")
    }
    self.parts = parts
    self.fields = fields
    description = text
    joins = false
  }

  /// The fields' values with a blank between them; empty ones are left out.
  ///
  /// This is what is encoded where no template is given: title and text.
  public init(joining fields: [String]) {
    precondition(!fields.isEmpty, "a text of no fields")
    self.fields = fields
    parts = fields.indices.map { .field($0) }
    description = fields.map { "<\($0)>" }.joined(separator: " ")
    joins = true
  }

  /// The text of a record.
  ///
  /// - Parameter values: the values of ``fields``, in UTF-8.
  /// - Returns: the text in UTF-8.
  public func text(of values: [[UInt8]]) -> [UInt8] {
    precondition(values.count == fields.count, "\(values.count) values of \(fields.count) fields")
    guard !joins else { return Array(values.filter { !$0.isEmpty }.joined(separator: [0x20])) }
    var result: [UInt8] = []
    for part in parts {
      switch part {
      case .literal(let bytes): result += bytes
      case .field(let place): result += values[place]
      }
    }
    return result
  }
}

/// A template that cannot be used.
public struct TextTemplateError: NeedletailError, Equatable {
  /// The template as it was given.
  public let template: String
  /// What is wrong with it.
  public let reason: String

  /// A wrong argument.
  public var kind: FailureKind { .usage }

  /// One line with the template and the reason.
  public var description: String { "template '\(template)': \(reason)" }

  /// A field that the texts do not have.
  static func unknown(_ field: String, in template: TextTemplate, known: [String]) -> Self {
    TextTemplateError(
      template: template.description,
      reason: "there is no field '\(field)'; there are \(known.joined(separator: ", "))"
    )
  }
}
