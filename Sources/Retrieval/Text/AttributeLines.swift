internal import VectorCore

/// The lines of a file as names and values.
struct AttributeLines: ~Copyable {
  struct Line {
    var id: String?
    var fields: [AttributeField] = []
  }

  private(set) var reader: LineReader
  private let isJSON: Bool
  /// The columns of a table.
  private var header: [String] = []

  init(_ path: String) throws(FileError) {
    reader = try LineReader(path: path)
    isJSON = path.hasSuffix(".jsonl") || path.hasSuffix(".jsonl.gz")
  }

  private mutating func readHeader() throws(FileError) {
    guard try reader.advance() else { return }
    header = try cells()
    if let twice = header.first(where: { name in header.count { $0 == name } > 1 }) {
      throw reader.error("the column '\(twice)' comes twice", remedy: "give columns other names")
    }
    guard !header.contains("") else {
      throw reader.error("a column has no name", remedy: "name the columns in the first line")
    }
  }

  mutating func next() throws(FileError) -> Line? {
    if !isJSON, reader.lineNumber == 0 { try readHeader() }
    guard try reader.advance() else { return nil }
    return isJSON ? try objectLine() : try tableLine()
  }

  private func tableLine() throws(FileError) -> Line {
    let cells = try cells()
    guard cells.count == header.count else {
      throw reader.error(
        "\(cells.count) fields instead of the \(header.count) of the first line",
        remedy: "separate fields by tabs"
      )
    }
    var line = Line()
    for (name, text) in zip(header, cells) {
      if JSONRecord.idNames.contains(name) {
        line.id = text
      } else if !text.isEmpty {
        line.fields.append(AttributeField(name: name, text: text, kind: .init(reading: text)))
      }
    }
    return line
  }

  private func cells() throws(FileError) -> [String] {
    let text = try reader.withLine { bytes throws(FileError) in try reader.text(bytes) }
    return text.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
  }

  private func objectLine() throws(FileError) -> Line {
    let bytes = reader.withLine { span in (0..<span.count).map { span[$0] } }
    let object = try reader.object(bytes, repairing: false)
    var line = Line(id: try reader.id(of: object))
    for member in object.members ?? [] where !JSONRecord.idNames.contains(member.name) {
      let name = member.name
      switch member.value {
      case .null: continue
      case .number(let digits):
        line.fields.append(AttributeField(name: name, text: digits, kind: .init(reading: digits)))
      case .text(let text):
        line.fields.append(AttributeField(name: name, text: text, kind: .text))
      case .flag(let flag):
        line.fields.append(AttributeField(name: name, text: "\(flag)", kind: .text))
      case .list, .object:
        throw reader.error(
          "the attribute '\(name)' is \(member.value.kind)",
          remedy: "give numbers, texts or truth values"
        )
      }
    }
    return line
  }
}

/// One value of one line.
struct AttributeField {
  let name: String
  let text: String
  /// What the value is at least.
  let kind: AttributeKind
}

/// The types of columns, from the narrowest to the widest.
enum AttributeKind: Int, Comparable {
  case integer, real, text

  /// The narrowest type that a text without type can be read as.
  init(reading text: String) {
    if Int64(text) != nil {
      self = .integer
    } else if let number = Double(text), number.isFinite, text.utf8.allSatisfy(Self.isNumeral) {
      self = .real
    } else {
      self = .text
    }
  }

  /// Whether a byte is part of a decimal number: "inf" and "0x1p3" are words.
  private static func isNumeral(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
  }

  static func < (left: AttributeKind, right: AttributeKind) -> Bool {
    left.rawValue < right.rawValue
  }
}
