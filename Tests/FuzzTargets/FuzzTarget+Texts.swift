internal import Filtering
internal import IndexStore
internal import Retrieval
internal import TrainingData
internal import VectorCore

extension FuzzTarget {
  /// Files of lines: texts, judgments, runs, attributes and training records.
  static let texts: [FuzzTarget] =
    [("corpus", "a.tsv"), ("corpus-jsonl", "a.jsonl"), ("corpus-gzip", "a.tsv.gz")].map {
      name,
      file in
      FuzzTarget(name, file) { try readTexts($0, .corpus) }
    }
    + [RunFormat.trec, .msmarco, .tsv, .jsonl].map { format in
      FuzzTarget("run-\(format.rawValue)", "a.run") { _ = try Run(contentsOf: $0, format: format) }
    } + [
      FuzzTarget("queries", "a.tsv") { try readTexts($0, .queries) },
      FuzzTarget("qrels", "qrels.tsv") { _ = try Qrels(contentsOf: $0) },
      FuzzTarget("attributes-jsonl", "a.jsonl") { try readAttributes($0) },
      FuzzTarget("attributes-tsv", "a.tsv") { try readAttributes($0) },
      FuzzTarget("predicate", "a.txt") { try readPredicate($0) },
      FuzzTarget("json", "a.json") { try readJSON($0) },
      FuzzTarget("records", "a.jsonl") { path in
        let records = try RecordSet(paths: [path])
        for index in 0..<records.count { _ = try records.example(at: index) }
      },
      FuzzTarget("tokens", "a.tokens", seal: TokenStoreSeal.seal) { path in
        let store = try TokenStore(path: path)
        for row in 0..<store.count {
          _ = store.tokens(row)
          _ = store.row(of: store.id(row))
        }
      },
    ]

  private static func readTexts(_ path: String, _ role: TextFile.Role) throws {
    let file = try TextFile(path, role: role)
    // What is refused for its bytes is read on by the policy that replaces them.
    try? readAll(file, try TextLayout(of: file, invalidUTF8: .error))
    try readAll(file, try TextLayout(of: file, invalidUTF8: .replace))
  }

  private static func readAll(_ file: TextFile, _ layout: TextLayout) throws {
    var reader = try TextReader(file, layout: layout)
    while try reader.next() != nil {}
  }

  private static func readAttributes(_ path: String) throws {
    let table = try AttributeFile.read(path, ids: try VectorIDs([1, 2, 3]), count: 3)
    _ = try Predicate(parsing: "year >= 2000 and lang in ('de', 'en')").rows(of: table)
  }

  private static func readPredicate(_ path: String) throws {
    let file = try MappedFile(path: path)
    let table = AttributeTable(
      count: 3,
      columns: [
        AttributeTable.Column(
          name: "year",
          values: .integers(SharedArray([1999, 2000, 2001])),
          present: RowFilter(count: 3, rows: [0, 2])
        )
      ]
    )
    _ = try Predicate(parsing: String(decoding: file.prefix(file.count), as: UTF8.self)).rows(
      of: table
    )
  }

  private static func readJSON(_ path: String) throws {
    let file = try MappedFile(path: path)
    guard let value = try? JSON(parsing: file.prefix(file.count)) else {
      throw FileError(.badData, path: path, reason: "is no JSON")
    }
    // What was read can be written, and is then the same.
    guard try JSON(parsing: Array(value.compact.utf8)) == value else {
      throw Unfaithful(what: value.compact)
    }
  }

  /// A reader understood its own writer otherwise.
  struct Unfaithful: Error {
    let what: String
  }
}
