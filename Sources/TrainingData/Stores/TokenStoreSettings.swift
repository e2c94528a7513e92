internal import IndexStore
public import Retrieval
internal import Tokenization
public import VectorCore

/// All that the tokens of a store depend on: the texts, what is made of them, and the tokenizer.
///
/// Two stores with the same settings hold the same tokens.
public struct TokenStoreSettings: Sendable, Equatable {
  /// What the texts are.
  public let role: TextFile.Role
  /// A checksum of the tokenizer's files, see ``fingerprint(ofTokenizer:)``.
  public let tokenizer: String
  /// What was tokenized, as it was given; `nil` for the fields with blanks between them.
  public let template: String?
  /// The columns of a file with tabs; empty for one of JSON.
  public let columns: [String]
  /// The most tokens of a text, special tokens not counted.
  public let maxLength: Int
  /// What became of bytes that are no UTF-8.
  public let invalidUTF8: TextLayout.InvalidUTF8
  /// A checksum of the file of texts, 16 hexadecimal digits.
  public let source: String

  /// Describes what a file of texts becomes.
  ///
  /// - Parameters:
  ///   - file: the texts; it is read once for its checksum.
  ///   - layout: its records.
  ///   - template: the template of `layout` as it was given; `nil` where none was.
  ///   - maxLength: the most tokens of a text, special tokens not counted.
  ///   - tokenizer: the tokenizer's fingerprint.
  /// - Throws: `FileError` where the file cannot be read.
  public init(
    of file: TextFile,
    layout: TextLayout,
    template: String?,
    maxLength: Int,
    tokenizer: String
  ) throws(FileError) {
    role = file.role
    self.tokenizer = tokenizer
    self.template = template
    columns = layout.columns
    self.maxLength = maxLength
    invalidUTF8 = layout.invalidUTF8
    source = Hexadecimal.text(try Checksum.of(fileAt: file.path))
  }

  /// A checksum of the files of a tokenizer.
  ///
  /// - Parameter folder: where the tokenizer is.
  /// - Returns: up to 16 hexadecimal digits.
  /// - Throws: `FileError` where they cannot be read.
  public static func fingerprint(ofTokenizer folder: String) throws(FileError) -> String {
    try Checksum.of(filesNamed: Tokenizer.fileNames, in: folder)
  }

  /// In what way another store's settings are not these, to follow "made": "with another
  /// tokenizer"; `nil` where they are the same.
  public func difference(from other: Self) -> String? {
    func quoted(_ template: String?) -> String { template.map { "'\($0)'" } ?? "none" }
    if role != other.role { return "of \(other.role.rawValue), not of \(role.rawValue)" }
    if tokenizer != other.tokenizer { return "with another tokenizer" }
    if template != other.template {
      return "with the template \(quoted(other.template)), not \(quoted(template))"
    }
    if columns != other.columns { return "of other columns" }
    if maxLength != other.maxLength {
      return "with at most \(other.maxLength) tokens a text, not \(maxLength)"
    }
    if invalidUTF8 != other.invalidUTF8 { return "with another --invalid-utf8" }
    return source == other.source ? nil : "of other texts"
  }
}

extension TokenStoreSettings {
  /// The settings as JSON.
  var json: JSON {
    .object([
      JSONMember("role", .text(role.rawValue)),
      JSONMember("tokenizer", .text(tokenizer)),
      JSONMember("template", template.map { .text($0) } ?? .null),
      JSONMember("columns", .list(columns.map { .text($0) })),
      JSONMember("max_length", .number("\(maxLength)")),
      JSONMember("invalid_utf8", .text(invalidUTF8.rawValue)),
      JSONMember("source", .text(source)),
    ])
  }

  /// Takes settings from JSON; `nil` where something is missing or of another kind.
  init?(_ json: JSON) {
    guard let role = json["role"]?.text.flatMap(TextFile.Role.init(rawValue:)),
      let tokenizer = json["tokenizer"]?.text, let template = json["template"],
      let columns = json["columns"]?.list, let maxLength = json["max_length"]?.integer,
      let invalid = json["invalid_utf8"]?.text.flatMap(TextLayout.InvalidUTF8.init(rawValue:)),
      let source = json["source"]?.text, maxLength > 0,
      template == .null || template.text != nil, columns.allSatisfy({ $0.text != nil })
    else { return nil }
    self.role = role
    self.tokenizer = tokenizer
    self.template = template.text
    self.columns = columns.compactMap(\.text)
    self.maxLength = maxLength
    invalidUTF8 = invalid
    self.source = source
  }
}
