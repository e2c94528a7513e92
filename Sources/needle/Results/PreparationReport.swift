internal import Needletail
internal import Reporting
internal import Retrieval
internal import TrainingData

/// What a preparation of training data came to, for people and programs.
struct PreparationReport {
  let out: String
  let outcome: StorePreparation.Outcome
  let counts: PreparationCounts
  /// How many negatives a record should have; 0 where it is meant to have none.
  let wanted: Int
  /// What the steps took.
  let tokenizing: Duration
  let writing: Duration

  /// Says in a line each what was met that may not be meant.
  func warn(_ more: [String] = []) {
    var warnings = more
    for (count, what) in [
      (counts.unknownQueries, "queries are in no file of queries, and left out"),
      (counts.unjudgedQueries, "queries have no relevant passage, and are left out"),
      (counts.unknownPassages, "passages are not in the corpus, and left out"),
      (wanted > 0 ? counts.bare : 0, "records have no negatives"),
      (counts.short - counts.bare, "records have fewer than \(wanted) negatives"),
    ] where count > 0 {
      warnings.append("\(NumberText.grouped(count)) \(what)")
    }
    for (counts, store) in [
      (outcome.queries, outcome.stores.queries), (outcome.passages, outcome.stores.passages),
    ] {
      guard let counts else { continue }
      for (count, what) in [
        (counts.empty, "texts are empty"),
        (counts.missing, "fields are missing, and taken as empty"),
        (counts.replaced, TextCounts.repaired),
      ] where count > 0 {
        warnings.append("\(store.path): \(NumberText.grouped(count)) \(what)")
      }
    }
    for warning in warnings { StandardError.write("needle: warning: \(warning)\n") }
  }

  /// A few lines.
  var text: String {
    func store(_ store: TokenStore, _ counts: TextCounts?) -> String {
      let tokens = NumberText.grouped(store.tokenCount)
      let origin = counts == nil ? ", taken as they were" : ""
      return "\(store.path): \(NumberText.grouped(store.count)) texts, \(tokens) tokens\(origin)\n"
    }
    var leftOut: [String] = []
    for (count, what) in [
      (counts.relevant, "that are positives"), (counts.repeated, "that stand there twice"),
      (counts.suspected, "too close to a positive"),
    ] where count > 0 {
      leftOut.append("\(NumberText.grouped(count)) \(what)")
    }
    let mixed =
      counts.earlier > 0 ? " (\(NumberText.grouped(counts.earlier)) of earlier records)" : ""
    return store(outcome.stores.queries, outcome.queries)
      + store(outcome.stores.passages, outcome.passages)
      + "\(out): \(NumberText.grouped(counts.records)) records with "
      + "\(NumberText.grouped(counts.positives)) positives and "
      + "\(NumberText.grouped(counts.negatives)) negatives\(mixed)\n"
      + (leftOut.isEmpty ? "" : "negatives left out: \(leftOut.joined(separator: ", "))\n")
      + "tokenized in \(NumberText.seconds(tokenizing.inSeconds)), "
      + "written in \(NumberText.seconds(writing.inSeconds))\n"
  }

  /// All of it.
  var json: JSONText {
    .object(
      [
        ("path", .text(out)),
        ("queries", .integer(outcome.stores.queries.count)),
        ("passages", .integer(outcome.stores.passages.count)),
        ("query_tokens", .integer(outcome.stores.queries.tokenCount)),
        ("passage_tokens", .integer(outcome.stores.passages.tokenCount)),
      ] + counts.named.map { ($0.name, .integer($0.count)) } + [
        ("tokenize_s", .real(tokenizing.inSeconds)), ("write_s", .real(writing.inSeconds)),
      ]
    )
  }
}

extension TextCounts {
  /// What is said of ``replaced`` lines, behind their number.
  static let repaired = "lines are no UTF-8, and repaired with U+FFFD"
}
