import IndexStore
import TestSupport
import Testing
import VectorCore

@Suite struct AttributeTableTests {
  private static func table(_ count: Int) -> AttributeTable {
    AttributeTable(
      count: count,
      columns: [
        AttributeTable.Column(
          name: "year",
          values: .integers(SharedArray((0..<Int64(count)).map { $0 - 2 })),
          present: RowFilter(count: count) { $0 % 2 == 0 }
        ),
        AttributeTable.Column(
          name: "größe",
          values: .reals(SharedArray((0..<count).map { Double($0) / 4 })),
          present: RowFilter(count: count) { _ in true }
        ),
        AttributeTable.Column(
          name: "lang",
          values: .texts(SharedArray((0..<UInt32(count)).map { $0 % 2 }), words: ["", "de"]),
          present: RowFilter(count: count) { _ in true }
        ),
        AttributeTable.Column(
          name: "empty",
          values: .texts(SharedArray([UInt32](repeating: 0, count: count)), words: []),
          present: RowFilter(count: count, rows: [])
        ),
      ]
    )
  }

  private func write(_ folder: TemporaryFolder, compress: Bool = false) throws -> String {
    let path = folder.path("described.needle")
    let index = FakeIndex(count: 100)
    try IndexFile.write(
      AttributedIndex(index, attributes: Self.table(100)),
      to: path,
      compress: compress
    )
    return path
  }

  private static func column(
    _ name: String,
    _ values: AttributeTable.Values,
    present: [UInt32]
  ) -> AttributeTable.Column {
    AttributeTable.Column(
      name: name,
      values: values,
      present: RowFilter(count: values.count, rows: present)
    )
  }

  @Test func tablesAreJoinedRowByRow() throws {
    let first = AttributeTable(
      count: 2,
      columns: [
        Self.column("year", .integers(SharedArray([7, 8])), present: [0, 1]),
        Self.column("lang", .texts(SharedArray([1, 0]), words: ["de", "en"]), present: [0]),
      ]
    )
    let second = AttributeTable(
      count: 3,
      columns: [
        Self.column(
          "lang",
          .texts(SharedArray([0, 1, 0]), words: ["cs", "e\u{301}"]),
          present: [1, 2]
        ),
        Self.column("year", .reals(SharedArray([0.5, 0, 1.5])), present: [0, 2]),
        Self.column("size", .integers(SharedArray([1, 2, 3])), present: [0, 1, 2]),
      ]
    )
    #expect(AttributeTable.conflict(among: [first, second]) == nil)
    let joined = try #require(AttributeTable(joining: [(first, 2), (nil, 1), (second, 3)]))
    #expect(joined.count == 6 && joined.columns.map(\.name) == ["year", "lang", "size"])
    let year = try #require(joined["year"])
    #expect(year.values == .reals(SharedArray([7, 8, 0, 0.5, 0, 1.5])))
    #expect(year.present.rows == [0, 1, 3, 5])
    let lang = try #require(joined["lang"])
    guard case .texts(let codes, let words) = lang.values else {
      Issue.record("texts became \(lang.values.typeName)")
      return
    }
    // "de" is used by no row that has a value.
    #expect(words == ["cs", "en", "e\u{301}"])
    #expect(lang.present.rows == [0, 4, 5])
    #expect(lang.present.rows.map { words[Int(codes[Int($0)])] } == ["en", "e\u{301}", "cs"])
    #expect(joined["size"]?.present.rows == [3, 4, 5])
    #expect(AttributeTable(joining: [(nil, 4), (nil, 1)]) == nil)
  }

  @Test func textsAndNumbersConflict() throws {
    let number = AttributeTable(
      count: 1,
      columns: [Self.column("a", .integers(SharedArray([1])), present: [0])]
    )
    let text = AttributeTable(
      count: 1,
      columns: [Self.column("a", .texts(SharedArray([0]), words: ["x"]), present: [0])]
    )
    let conflict = try #require(AttributeTable.conflict(among: [number, number, text]))
    #expect(conflict == ("a", "integer", "text"))
  }

  @Test func aSubsetHasTheRowsThatWereAskedFor() throws {
    let part = Self.table(100).subset([7, 3, 8])
    #expect(part.count == 3)
    let year = try #require(part["year"])
    #expect(year.values == .integers(SharedArray([5, 1, 6])))
    #expect((0..<3).map { year.present[$0] } == [false, false, true])
    #expect(part["lang"]?.values == .texts(SharedArray([1, 1, 0]), words: ["", "de"]))
    #expect(part["empty"]?.present.matches == 0)
  }

  @Test(arguments: [false, true])
  func comeBackAsTheyWere(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let file = try IndexFile.open(try write(folder, compress: compress))
    #expect(try file.attributeTable() == Self.table(100))
  }

  @Test func anIndexWithoutHasNone() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("plain.needle")
    try IndexFile.write(FakeIndex(count: 3), to: path, compress: false)
    #expect(try IndexFile.open(path).attributeTable() == nil)
  }

  @Test func columnsAreFoundByName() {
    let table = Self.table(4)
    #expect(table["lang"]?.values.typeName == "text")
    #expect(table["year"]?.values.typeName == "integer")
    #expect(table["größe"]?.values.typeName == "real")
    #expect(table["Lang"] == nil)
  }

  /// A file whose sections are these.
  private func read(
    head: [UInt8],
    codes: [UInt32] = [0, 1, 0, 1, 0],
    present: [UInt64] = [0b11111]
  ) throws -> AttributeTable? {
    let folder = try TemporaryFolder()
    let index = FakeIndex([
      FakeSection("attributes", head, optional: true),
      FakeSection("attribute-0", codes, optional: true),
      FakeSection("attribute-0-present", present, optional: true),
    ])
    try IndexFile.write(index, to: folder.path("forged"), compress: false)
    return try IndexFile.open(folder.path("forged")).attributeTable()
  }

  /// The head of one column of texts.
  private func head(
    columns: UInt32 = 1,
    name: String = "lang",
    type: UInt32 = 2,
    words: [String] = ["de", "en"]
  ) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 255) } }
    func text(_ text: String) -> [UInt8] { number(text.utf8.count) + Array(text.utf8) }
    return number(Int(columns)) + text(name) + number(Int(type)) + number(words.count)
      + words.flatMap { text($0) }
  }

  @Test func aHeadThatMakesSenseIsRead() throws {
    #expect(try read(head: head())?["lang"]?.values.typeName == "text")
  }

  @Test func headsThatMakeNoSenseAreRefused() {
    let wrong = [
      [], head(columns: 2), head(columns: .max), head(name: ""), head(type: 3), head(type: 0),
      head(words: ["en", "de"]), head(words: ["de", "de"]), head() + [0], Array(head().dropLast()),
    ]
    for head in wrong {
      let error = #expect(throws: FileError.self) { try read(head: head) }
      #expect(error?.kind == .badData)
      #expect(error?.description.contains("attributes") == true)
    }
  }

  @Test func valuesThatMakeNoSenseAreRefused() {
    #expect(throws: FileError.self) { try read(head: head(), codes: [0, 1, 0, 2, 0]) }
    #expect(throws: FileError.self) { try read(head: head(), codes: [0, 1, 0, 1]) }
    #expect(throws: FileError.self) { try read(head: head(), present: [0b111111]) }
    #expect(throws: FileError.self) { try read(head: head(), present: [1, 1]) }
  }
}
