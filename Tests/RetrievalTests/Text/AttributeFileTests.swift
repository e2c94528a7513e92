import IndexStore
import Retrieval
import TestSupport
import Testing
import VectorCore

@Suite("Files of attributes")
struct AttributeFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(
    _ name: String,
    _ content: String,
    ids: VectorIDs = .rowNumbers,
    count: Int = 3
  ) throws -> AttributeTable {
    try AttributeFile.read(folder.file(name, Array(content.utf8)), ids: ids, count: count)
  }

  /// What a column holds, row by row.
  private func values(_ table: AttributeTable, _ name: String) throws -> [String?] {
    let column = try #require(table[name])
    return (0..<table.count).map { row in
      guard column.present[UInt32(row)] else { return nil }
      return switch column.values {
      case .integers(let values): "\(values[row])"
      case .reals(let values): "\(values[row])"
      case .texts(let codes, let words): words[Int(codes[row])]
      }
    }
  }

  @Test("a table by rows: each column has the narrowest type that holds its values")
  func table() throws {
    let table = try read(
      "a.tsv",
      "year\tprice\tlang\tcode\n2001\t1\tde\t007\n-5\t2.5\ten\tx\n\t\t\t\n"
    )
    #expect(table.columns.map(\.name) == ["year", "price", "lang", "code"])
    #expect(table.columns.map(\.values.typeName) == ["integer", "real", "text", "text"])
    #expect(try values(table, "year") == ["2001", "-5", nil])
    #expect(try values(table, "price") == ["1.0", "2.5", nil])
    #expect(try values(table, "lang") == ["de", "en", nil])
    #expect(try values(table, "code") == ["007", "x", nil])
  }

  @Test("JSON lines by id: in any order, with values missing")
  func objects() throws {
    let ids = VectorIDs(names: try VectorNames(["a", "b", "c"]))
    let table = try read(
      "a.jsonl",
      """
      {"_id": "c", "year": 3, "draft": true, "tag": "12"}
      {"_id": "a", "year": 1e2, "tag": null}

      """.replacing("\n\n", with: "\n"),
      ids: ids
    )
    #expect(try values(table, "year") == ["100.0", nil, "3.0"])
    #expect(try values(table, "draft") == [nil, nil, "true"])
    #expect(try values(table, "tag") == [nil, nil, "12"])
    #expect(table["tag"]?.values.typeName == "text")
  }

  @Test("numeric ids")
  func numbers() throws {
    let ids = try VectorIDs([70, 5, 9])
    let table = try read("a.tsv", "id\tyear\n9\t1\n70\t2\n", ids: ids)
    #expect(try values(table, "year") == ["2", nil, "1"])
  }

  @Test("words that look like numbers to C are texts", arguments: ["inf", "nan", "0x10", "1_000"])
  func words(_ word: String) throws {
    let table = try read("a.tsv", "x\n1\n\(word)\n2\n")
    #expect(table["x"]?.values.typeName == "text")
    #expect(try values(table, "x") == ["1", word, "2"])
  }

  @Test(
    "what makes no sense is refused with its line",
    arguments: [
      ("a.tsv", "id\tyear\n9\t1\n9\t2\n", "line 3"), ("a.tsv", "id\tyear\n1\t1\n", "line 2"),
      ("a.tsv", "year\tyear\n1\t1\n", "line 1"), ("a.tsv", "year\t\n1\t1\n", "line 1"),
      ("a.tsv", "year\n1\t2\n", "line 2"), ("a.tsv", "year\n1\n2\n3\n4\n", "line 5"),
      ("a.tsv", "year\n1\n2\n", "2 lines"), ("a.tsv", "", "no attributes"),
      ("a.tsv", "year\n", "no attributes"), ("a.jsonl", "{\"year\": [1]}\n", "line 1"),
      ("a.jsonl", "{\"year\": 1}\n[]\n", "line 2"), ("a.jsonl", "{\"year\": }\n", "line 1"),
      ("a.jsonl", "{\"id\": 5, \"year\": 1}\n{\"year\": 1}\n", "line 2"),
    ]
  )
  func nonsense(_ name: String, _ content: String, _ place: String) throws {
    let ids = try VectorIDs([70, 5, 9])
    let error = #expect(throws: FileError.self) { try read(name, content, ids: ids) }
    #expect(error?.kind == .badData)
    #expect(error?.description.contains(place) == true, "\(error?.description ?? "")")
  }

  @Test("bytes that are no UTF-8 are refused")
  func invalidBytes() throws {
    let path = try folder.file("a.tsv", Array("x\n".utf8) + [0xFF, 0x0A])
    let error = #expect(throws: FileError.self) {
      try AttributeFile.read(path, ids: .rowNumbers, count: 1)
    }
    #expect(error?.place == "line 2")
  }
}
