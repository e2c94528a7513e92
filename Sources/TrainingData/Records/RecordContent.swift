internal import VectorCore

/// A record as it stands in a line of a file.
enum RecordContent: Sendable, Equatable {
  /// The ids of query and passages: `{"qid":"…","pos":["…"],"neg":["…"]}`, possibly with
  /// `pos_scores` and `neg_scores`.
  case ids(TrainingRecord)
  /// Their tokens, as OpenMatch has them: `{"query": […], "positives": [[…]], "negatives": [[…]]}`.
  case tokens(query: [Int32], positives: [[Int32]], negatives: [[Int32]])

  /// What is wrong with a line.
  struct Fault: Error, Equatable {
    let reason: String
    var remedy: String?
  }

  /// Reads a line.
  ///
  /// - Throws: ``Fault`` for malformed JSON, for members that are missing, unknown or of another
  ///   kind, for a record without positives, and for scores that are not as many as the passages.
  init(parsing line: [UInt8]) throws(Fault) {
    let json: JSON
    do throws(JSON.Malformed) {
      json = try JSON(parsing: line)
    } catch {
      throw Fault(
        reason: line.isEmpty ? "the line is empty" : "byte \(error.offset + 1): \(error.reason)",
        remedy: "give one record a line"
      )
    }
    guard let members = json.members else {
      throw Fault(reason: "is \(json.kind), not an object", remedy: "give one record a line")
    }
    let names = Set(members.map(\.name))
    let isTokens = names.contains("query")
    let known: Set =
      isTokens
      ? ["query", "positives", "negatives"] : ["qid", "pos", "neg", "pos_scores", "neg_scores"]
    if let other = members.first(where: { !known.contains($0.name) }) {
      throw Fault(
        reason: "has a member '\(other.name)', which no record has",
        remedy: "a record has qid, pos and neg, or query, positives and negatives"
      )
    }
    self = isTokens ? try Self.tokens(json) : .ids(try Self.record(json))
  }

  /// The number that splits and samples are drawn by: that of the query's id or tokens.
  var queryHash: UInt64 {
    switch self {
    case .ids(let record): QueryHash.of(record.query)
    case .tokens(let query, _, _): QueryHash.of(query)
    }
  }

  private static func record(_ json: JSON) throws(Fault) -> TrainingRecord {
    guard let query = json["qid"]?.text else { throw missing("qid", json, "a text") }
    let record = TrainingRecord(
      query: query,
      positives: try ids("pos", json),
      negatives: try ids("neg", json),
      positiveScores: try scores("pos_scores", json),
      negativeScores: try scores("neg_scores", json)
    )
    try checkPositives(record.positives.count)
    for (name, scores, ids) in [
      ("pos_scores", record.positiveScores, record.positives),
      ("neg_scores", record.negativeScores, record.negatives),
    ] {
      guard let scores, scores.count != ids.count else { continue }
      throw Fault(reason: "'\(name)' has \(scores.count) scores for \(ids.count) passages")
    }
    return record
  }

  private static func tokens(_ json: JSON) throws(Fault) -> Self {
    guard let query = json["query"].flatMap(tokenIDs) else {
      throw missing("query", json, "a list of token ids")
    }
    let positives = try lists("positives", json)
    try checkPositives(positives.count)
    return .tokens(query: query, positives: positives, negatives: try lists("negatives", json))
  }

  private static func checkPositives(_ count: Int) throws(Fault) {
    guard count == 0 else { return }
    throw Fault(
      reason: "has no positive passage",
      remedy: "leave out queries that no passage is relevant to"
    )
  }

  private static func missing(_ name: String, _ json: JSON, _ wanted: String) -> Fault {
    Fault(reason: json[name].map { "'\(name)' is \($0.kind), not \(wanted)" } ?? "lacks '\(name)'")
  }

  private static func ids(_ name: String, _ json: JSON) throws(Fault) -> [String] {
    guard let list = json[name]?.list else { throw missing(name, json, "a list of ids") }
    let ids = list.compactMap(\.text)
    guard ids.count == list.count else { throw Fault(reason: "'\(name)' holds more than texts") }
    return ids
  }

  private static func scores(_ name: String, _ json: JSON) throws(Fault) -> [Float]? {
    guard let value = json[name], value != .null else { return nil }
    guard let list = value.list else { throw missing(name, json, "a list of numbers") }
    let scores = list.compactMap { element -> Float? in
      guard case .number(let digits) = element, let score = Float(digits), score.isFinite else {
        return nil
      }
      return score
    }
    guard scores.count == list.count else {
      throw Fault(reason: "'\(name)' holds more than finite numbers")
    }
    return scores
  }

  private static func lists(_ name: String, _ json: JSON) throws(Fault) -> [[Int32]] {
    guard let list = json[name]?.list else { throw missing(name, json, "a list of lists") }
    let tokens = list.compactMap(tokenIDs)
    guard tokens.count == list.count else {
      throw Fault(reason: "'\(name)' holds more than lists of token ids")
    }
    return tokens
  }

  /// A list of token ids, none of them negative.
  private static func tokenIDs(_ json: JSON) -> [Int32]? {
    guard let list = json.list else { return nil }
    var tokens: [Int32] = []
    tokens.reserveCapacity(list.count)
    for element in list {
      guard case .number(let digits) = element, let id = Int32(digits), id >= 0 else { return nil }
      tokens.append(id)
    }
    return tokens
  }
}
