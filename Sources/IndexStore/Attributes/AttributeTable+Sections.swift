internal import VectorCore

/// In an index file a table is the section `attributes`, bytes of this layout:
///
/// | size | field |
/// | ---: | --- |
/// | 4 | number of columns |
///
/// and for each column
///
/// | size | field |
/// | ---: | --- |
/// | 4 | size of the name |
/// | … | the name |
/// | 4 | type: 0 whole numbers, 1 real numbers, 2 texts |
/// | 4 | number of different texts, 0 for numbers |
/// | … | each text: its size, 4 bytes, and its bytes; ascending |
///
/// and for column number n the sections `attribute-n`, i64, f64 or u32 `[count]`, and
/// `attribute-n-present`, u64 `[ceil(count / 64)]`, a bit for each row that has a value.
extension AttributeTable {
  static let section = "attributes"

  /// More columns than this are no table that was meant.
  package static let columnLimit = 1_024

  func store(in writer: inout IndexFileWriter) throws {
    var head = ByteWriter()
    head.append(UInt32(columns.count))
    for column in columns {
      head.append(UInt32(column.name.utf8.count))
      head.append(column.name)
      head.append(column.values.typeNumber)
      guard case .texts(_, let words) = column.values else {
        head.append(UInt32(0))
        continue
      }
      head.append(UInt32(words.count))
      for word in words {
        head.append(UInt32(word.utf8.count))
        head.append(word)
      }
    }
    try writer.write(Self.section, SharedArray(head.bytes), optional: true)
    for (number, column) in columns.enumerated() {
      let name = "attribute-\(number)"
      switch column.values {
      case .integers(let values): try writer.write(name, values, optional: true)
      case .reals(let values): try writer.write(name, values, optional: true)
      case .texts(let codes, _): try writer.write(name, codes, optional: true)
      }
      try writer.write("\(name)-present", column.present.words, optional: true)
    }
  }
}

extension AttributeTable.Values {
  fileprivate var typeNumber: UInt32 {
    switch self {
    case .integers: 0
    case .reals: 1
    case .texts: 2
    }
  }
}

/// What the section `attributes` says of a column.
private struct ColumnHead {
  let name: String
  let type: UInt32
  let words: [String]
}

extension ByteReader {
  fileprivate mutating func columnHeads() -> [ColumnHead]? {
    guard let count = read(UInt32.self), count <= AttributeTable.columnLimit else { return nil }
    var heads: [ColumnHead] = []
    for _ in 0..<count {
      guard let name = sizedText(), !name.isEmpty, let type = read(UInt32.self), type <= 2,
        let wordCount = read(UInt32.self), type == 2 || wordCount == 0
      else { return nil }
      var words: [String] = []
      for _ in 0..<wordCount {
        guard let word = sizedText() else { return nil }
        if let last = words.last, !last.utf8.lexicographicallyPrecedes(word.utf8) { return nil }
        words.append(word)
      }
      heads.append(ColumnHead(name: name, type: type, words: words))
    }
    guard isAtEnd, Set(heads.map(\.name)).count == heads.count else { return nil }
    return heads
  }

  private mutating func sizedText() -> String? {
    read(UInt32.self).flatMap { text(count: Int($0)) }
  }
}

extension IndexFile {
  /// The attributes of the vectors, or `nil` where the file has none.
  ///
  /// - Throws: ``VectorCore/FileError`` for a table that makes no sense.
  public func attributeTable() throws -> AttributeTable? {
    guard contains(AttributeTable.section) else { return nil }
    let size = try elementCount(AttributeTable.section, of: UInt8.self)
    let bytes = try array(AttributeTable.section, of: UInt8.self, count: size)
    var reader = ByteReader((0..<size).map { bytes[$0] })
    guard let heads = reader.columnHeads() else {
      throw corrupt(section: AttributeTable.section, reason: "\(size) bytes that are no table")
    }
    let columns = try heads.enumerated().map { number, head in
      AttributeTable.Column(
        name: head.name,
        values: try values(of: head, in: "attribute-\(number)"),
        present: try present("attribute-\(number)-present")
      )
    }
    return AttributeTable(count: summary.count, columns: columns)
  }

  private func values(of head: ColumnHead, in section: String) throws -> AttributeTable.Values {
    let count = summary.count
    switch head.type {
    case 0: return .integers(try array(section, of: Int64.self, count: count))
    case 1:
      let values = try array(section, of: Double.self, count: count)
      if let row = (0..<count).first(where: { !values[$0].isFinite }) {
        throw corrupt(section: section, place: "row \(row)", reason: "\(values[row])")
      }
      return .reals(values)
    default:
      let codes = try array(section, of: UInt32.self, count: count)
      // A column without any value has no words, and zeros for codes.
      let limit = max(1, head.words.count)
      if let row = (0..<count).first(where: { codes[$0] >= limit }) {
        throw corrupt(
          section: section,
          place: "row \(row)",
          reason: "text \(codes[row]) of \(head.words.count)"
        )
      }
      return .texts(codes, words: head.words)
    }
  }

  private func present(_ section: String) throws -> RowFilter {
    let count = summary.count
    let words = try array(section, of: UInt64.self, count: (count + 63) / 64)
    guard let rows = RowFilter(count: count, words: words) else {
      throw corrupt(section: section, reason: "bits past the last row")
    }
    return rows
  }
}
