import IndexStore
import Retrieval
import TestSupport
import Testing
import Tokenization
import VectorCore

@testable import TrainingData

/// Small stores of numbered texts, and files that speak of them.
struct SmallSet {
  let folder: TemporaryFolder

  /// The folder of files to compare with, and the tokenizer that they were made with.
  static let references = RealVectors.folder + "/training"
  static let tokenizer = RealVectors.folder + "/tokenizers/wordpiece"

  /// Stores of queries `q0`… and passages `p0`…, the tokens of row r being r, r + 1, … (r % 4 many).
  init(queries: Int = 20, passages: Int = 50) throws {
    folder = try TemporaryFolder()
    try store(.queries, count: queries)
    try store(.corpus, count: passages)
  }

  private func store(_ role: TextFile.Role, count: Int) throws {
    var writer = try Self.writer(TrainingStores.path(of: role, in: folder.path), role)
    for row in 0..<count {
      let tokens = (0..<(row % 4)).map { Int32(row + $0) }
      try writer.append(id: (role == .queries ? "q" : "p") + "\(row)", tokens: tokens)
    }
    try writer.commit()
  }

  /// Begins a store.
  static func writer(
    _ path: String,
    _ role: TextFile.Role = .corpus,
    vocabularySize: Int = 1_000
  ) throws -> TokenStoreWriter {
    try TokenStoreWriter(
      path: path,
      source: "corpus.tsv",
      settings: settings(role),
      vocabularySize: vocabularySize
    )
  }

  /// Settings that no file stands behind.
  static func settings(
    _ role: TextFile.Role = .corpus,
    template: String? = "<title>: <text>"
  ) throws -> TokenStoreSettings {
    try #require(
      TokenStoreSettings(
        .object([
          JSONMember("role", .text(role.rawValue)), JSONMember("tokenizer", .text("abc")),
          JSONMember("template", template.map { .text($0) } ?? .null),
          JSONMember("columns", .list([.text("id"), .text("text")])),
          JSONMember("max_length", .number("128")), JSONMember("invalid_utf8", .text("error")),
          JSONMember("source", .text("0123456789abcdef")),
        ])
      )
    )
  }

  var stores: TrainingStores {
    get throws { try TrainingStores(folder: folder.path) }
  }

  /// Judgments: `qrels` holds lines 'qid 0 pid grade'.
  func judgments(_ lines: String...) throws -> Judgments { try judgments(contentsOf: lines) }

  /// Judgments of many lines.
  func judgments(contentsOf lines: [String]) throws -> Judgments {
    let path = try folder.file("qrels.tsv", Array(lines.joined(separator: "\n").utf8))
    return Judgments(try Qrels(contentsOf: path), passages: try stores.passages)
  }

  /// Writes a file of lines.
  @discardableResult
  func file(_ name: String, _ lines: [String], end: String = "\n") throws -> String {
    try folder.file(name, Array(lines.map { $0 + end }.joined().utf8))
  }

  /// The records of the first file that a preparation wrote.
  func records(_ name: String = "split00.jsonl") throws -> [TrainingRecord] {
    let file = try RecordFile(path: folder.path(name))
    return try (0..<file.count).compactMap { index in
      if case .ids(let record) = try file.content(index) { record } else { nil }
    }
  }
}

/// Checks that an error is a `FileError` whose line holds all of `parts`.
func expectFileError(
  _ parts: String...,
  sourceLocation: SourceLocation = #_sourceLocation,
  from body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch {
    let text = (error as? FileError)?.description ?? "no FileError: \(error)"
    for part in parts {
      #expect(
        text.contains(part),
        "'\(part)' is missing in: \(text)",
        sourceLocation: sourceLocation
      )
    }
  }
}
