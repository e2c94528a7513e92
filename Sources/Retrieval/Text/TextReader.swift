public import VectorCore

/// One text with its id.
public struct TextRecord: Sendable, Equatable {
  /// The id: one word.
  public let id: String
  /// What is to be encoded, in UTF-8.
  public let text: [UInt8]
  /// How many of the template's fields are empty or white space.
  public let emptyFields: Int
}

/// What a reader met that is worth a warning.
public struct TextCounts: Sendable, Equatable {
  /// Records whose fields are all empty or white space.
  public var empty = 0
  /// Fields that a record of JSON lacked.
  public var missing = 0
  /// Lines in which bytes that are no UTF-8 were replaced.
  public var replaced = 0

  /// Nothing yet.
  public init() {}
}

/// Reads the texts of a file one by one, in memory that does not grow with the file.
///
/// ```swift
/// var reader = try TextReader(file, layout: layout)
/// while let record = try reader.next() { … }
/// ```
public struct TextReader: ~Copyable {
  /// What is read.
  public let file: TextFile
  /// What was met so far.
  public private(set) var counts = TextCounts()

  private var lines: LineReader
  private let layout: TextLayout
  /// The places of the template's fields among the columns.
  private let places: [Int]
  private let idPlace: Int

  /// Opens a file.
  ///
  /// - Throws: ``VectorCore/FileError`` where it cannot be read.
  public init(_ file: TextFile, layout: TextLayout) throws(FileError) {
    try self.init(file, layout: layout, from: 0)
  }

  /// Opens a plain file at the begin of one of its lines.
  init(_ file: TextFile, layout: TextLayout, from offset: Int) throws(FileError) {
    self.file = file
    self.layout = layout
    lines = try LineReader(path: file.path, from: offset)
    places = layout.template.fields.compactMap { layout.columns.firstIndex(of: $0) }
    idPlace = layout.columns.firstIndex(of: "id") ?? 0
  }

  /// The number of the line that was read last, from 1.
  public var lineNumber: Int { lines.lineNumber }

  /// The bytes of the file, as it is on the disk; 0 for a pipe.
  public var fileSize: Int { lines.fileSize }

  /// How many of those bytes have been read, for showing progress.
  public var fileOffset: Int { lines.fileOffset }

  /// Whether records can be found again by their ``lineOffset``.
  var isPlainFile: Bool { lines.isPlainFile }

  /// Where the line begins that was read last.
  var lineOffset: Int { lines.lineOffset }

  /// Passes over records without looking into them.
  ///
  /// - Throws: ``VectorCore/FileError`` where reading fails.
  public mutating func skip(_ count: Int) throws(FileError) {
    for _ in 0..<count {
      guard try lines.advance() else { return }
    }
  }

  /// The next record, `nil` at the end of the file.
  ///
  /// - Throws: ``VectorCore/FileError`` that names the line: another number of columns than there
  ///   should be, malformed JSON, a missing or bad id, bytes that are no UTF-8.
  public mutating func next() throws(FileError) -> TextRecord? {
    guard try lines.advance() else { return nil }
    let line = try lines.utf8(layout.invalidUTF8)
    if line.isReplaced { counts.replaced += 1 }
    return file.format == .tsv ? try tabbed(line.bytes) : try object(line.bytes)
  }

  /// An error about the record that was read last.
  public func error(_ reason: String, remedy: String? = nil) -> FileError {
    lines.error(reason, remedy: remedy)
  }

  private mutating func tabbed(_ line: [UInt8]) throws(FileError) -> TextRecord {
    let columns = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    guard columns.count == layout.columns.count else {
      let names = layout.columns.joined(separator: ",")
      throw error(
        columns.count == 1
          ? "the line has no tab, but the columns are \(names)"
          : "\(columns.count) columns, but \(layout.columns.count) are named: \(names)",
        remedy: "name the columns that there are, as in id,text, or repair the line"
      )
    }
    let id = columns[idPlace]
    if let fault = IDWord.fault(of: id) { throw badID(fault) }
    return record(String(decoding: id, as: UTF8.self), places.map { Array(columns[$0]) })
  }

  private mutating func object(_ line: [UInt8]) throws(FileError) -> TextRecord {
    let object = try lines.object(line, repairing: layout.invalidUTF8 == .replace)
    guard let id = try lines.id(of: object) else {
      throw error(
        "there is no id: none of \(JSONRecord.idNames.joined(separator: ", "))",
        remedy: "give each object an id"
      )
    }
    if let fault = IDWord.fault(of: id.utf8) { throw badID(fault) }
    var values: [[UInt8]] = []
    for field in layout.template.fields {
      let value = try lines.value(of: field, in: object)
      if value == nil, layout.required.contains(field) { counts.missing += 1 }
      values.append(value ?? [])
    }
    return record(id, values)
  }

  private mutating func record(_ id: String, _ values: [[UInt8]]) -> TextRecord {
    let empty = values.count { value in
      value.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    }
    if empty == values.count { counts.empty += 1 }
    return TextRecord(id: id, text: layout.template.text(of: values), emptyFields: empty)
  }

  private func badID(_ fault: String) -> FileError {
    error("the id \(fault)", remedy: "make each id one word, since runs have blanks between ids")
  }
}

extension LineReader {
  /// The current line's bytes, which are UTF-8, and whether some had to be replaced for that.
  ///
  /// - Throws: ``VectorCore/FileError`` where wrong bytes are an error.
  func utf8(
    _ invalid: TextLayout.InvalidUTF8
  ) throws(FileError) -> (bytes: [UInt8], isReplaced: Bool) {
    let bytes = withLine { line in unsafe line.withUnsafeBufferPointer { unsafe Array($0) } }
    if invalid == .error {
      try checkUTF8(bytes.span)
    } else if (try? UTF8Span(validating: bytes.span)) == nil {
      return (Array(String(decoding: bytes, as: UTF8.self).utf8), true)
    }
    return (bytes, false)
  }
}
