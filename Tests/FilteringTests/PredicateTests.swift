import Needletail
import Testing

@Suite struct PredicateTests {
  /// Years 2000 to 2009, one missing; prices with fractions; languages, one missing.
  private static let table = AttributeTable(
    count: 10,
    columns: [
      AttributeTable.Column(
        name: "year",
        values: .integers(SharedArray((0..<10).map { 2000 + Int64($0) })),
        present: RowFilter(count: 10) { $0 != 4 }
      ),
      AttributeTable.Column(
        name: "price",
        values: .reals(SharedArray((0..<10).map { 0.5 * Double($0) })),
        present: RowFilter(count: 10) { _ in true }
      ),
      AttributeTable.Column(
        name: "lang",
        values: .texts(
          SharedArray([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]),
          words: ["de", "en", "it's \"fr\""]
        ),
        present: RowFilter(count: 10) { $0 != 9 }
      ),
      AttributeTable.Column(
        name: "big number",
        values: .integers(SharedArray((0..<10).map { Int64.max - $0 })),
        present: RowFilter(count: 10) { _ in true }
      ),
    ]
  )

  private static let meanings: [(String, [UInt32])] = [
    ("year == 2003", [3]), ("year != 2003", [0, 1, 2, 5, 6, 7, 8, 9]), ("year < 2002", [0, 1]),
    ("year<=2002", [0, 1, 2]), ("year > 2007", [8, 9]), ("year >= 2007.5", [8, 9]),
    ("price == 1", [2]), ("price >= 3.5e0", [7, 8, 9]), ("price < -1", []),
    ("lang == 'de'", [0, 3, 6]), ("lang == \"en\"", [1, 4, 7]),
    ("lang == 'it''s \"fr\"'", [2, 5, 8]), ("lang == \"it's \"\"fr\"\"\"", [2, 5, 8]),
    ("lang > 'de'", [1, 2, 4, 5, 7, 8]), ("lang == 'nl'", []),
    ("lang != 'de'", [1, 2, 4, 5, 7, 8]),
    ("lang in ('de', 'nl')", [0, 3, 6]), ("lang not in ('de','en')", [2, 5, 8]),
    ("year in (2001, 2004, 2009)", [1, 9]), ("year is missing", [4]),
    ("year is not missing and price > 4", [9]), ("not (year >= 2002)", [0, 1, 4]),
    ("year < 2002 or year > 2008 and lang is missing", [0, 1, 9]),
    ("(year < 2002 or year > 2008) and lang is missing", [9]), ("not not year == 2000", [0]),
    ("`big number` == 9223372036854775807", [0]), ("`big number` >= 9223372036854775806", [0, 1]),
    (" \tyear\n==  2000 ", [0]), ("year == +2001", [1]),
  ]

  @Test(arguments: meanings)
  func findsItsRows(_ text: String, _ rows: [UInt32]) throws {
    #expect(try Predicate(parsing: text).rows(of: Self.table).rows == rows)
  }

  @Test(arguments: [
    ("", 1), ("year", 5), ("year = 3", 6), ("year == ", 9), ("year == 3 4", 11), ("year == x", 9),
    ("3 == year", 1), ("(year == 3", 11), ("year == 3)", 10), ("lang in 'de'", 9),
    ("lang in ()", 10), ("lang in ('de' 'en')", 15), ("lang == 'de", 9), ("year not 3", 10),
    ("year is 3", 9), ("not", 4), ("year == 3 and", 14), ("year == 1e999", 9), ("year == inf", 9),
    ("lang == 'de' & year == 3", 14),
  ])
  func nonsenseIsRefusedWithItsPlace(_ text: String, _ place: Int) throws {
    let error = #expect(throws: PredicateError.self) { try Predicate(parsing: text) }
    #expect(error?.kind == .usage)
    #expect(error?.description.contains("at byte \(place):") == true, "\(error?.description ?? "")")
  }

  @Test func depthIsBounded() throws {
    let deep = String(repeating: "(", count: 100_000)
    #expect(throws: PredicateError.self) { try Predicate(parsing: deep) }
    let nots = String(repeating: "not ", count: 100_000)
    #expect(throws: PredicateError.self) { try Predicate(parsing: nots) }
    let fine =
      String(repeating: "(", count: 50) + "year == 2000" + String(repeating: ")", count: 50)
    #expect(try Predicate(parsing: fine).rows(of: Self.table).rows == [0])
  }

  @Test func unknownAttributesAreNamedWithThoseThereAre() throws {
    let error = #expect(throws: PredicateError.self) {
      try Predicate(parsing: "years == 3").rows(of: Self.table)
    }
    #expect(error?.description.contains("'years'") == true)
    #expect(error?.description.contains("year (integer), price (real), lang (text)") == true)
  }

  @Test(arguments: ["year == '2001'", "lang == 3", "price in (1, 'x')"])
  func textsAreNotComparedWithNumbers(_ text: String) throws {
    let predicate = try Predicate(parsing: text)
    #expect(throws: PredicateError.self) { try predicate.rows(of: Self.table) }
  }
}
