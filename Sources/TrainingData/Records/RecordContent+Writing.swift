internal import VectorCore

extension RecordContent {
  /// The record as a line, with its end.
  ///
  /// Ids are written without blanks, tokens as Python's `json.dumps` writes them, so that files for
  /// OpenMatch are the same byte by byte.
  var line: [UInt8] {
    switch self {
    case .ids(let record): Array(Self.text(of: record).utf8)
    case .tokens(let query, let positives, let negatives):
      Self.bytes(query: query, positives: positives, negatives: negatives)
    }
  }

  private static func text(of record: TrainingRecord) -> String {
    func list(_ ids: [String]) -> String { ids.map { JSON.quoted($0) }.joined(separator: ",") }
    func scores(_ name: String, _ scores: [Float]?) -> String {
      guard let scores else { return "" }
      return ",\"\(name)\":[" + scores.map { "\($0)" }.joined(separator: ",") + "]"
    }
    return "{\"qid\":\(JSON.quoted(record.query)),\"pos\":[\(list(record.positives))],"
      + "\"neg\":[\(list(record.negatives))]"
      + scores("pos_scores", record.positiveScores) + scores("neg_scores", record.negativeScores)
      + "}\n"
  }

  private static func bytes(
    query: [Int32],
    positives: [[Int32]],
    negatives: [[Int32]]
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func append(_ tokens: [Int32]) {
      bytes.append(UInt8(ascii: "["))
      for (place, token) in tokens.enumerated() {
        if place > 0 { bytes += ", ".utf8 }
        bytes += String(token).utf8
      }
      bytes.append(UInt8(ascii: "]"))
    }
    func append(_ texts: [[Int32]]) {
      bytes.append(UInt8(ascii: "["))
      for (place, tokens) in texts.enumerated() {
        if place > 0 { bytes += ", ".utf8 }
        append(tokens)
      }
      bytes.append(UInt8(ascii: "]"))
    }
    bytes += "{\"query\": ".utf8
    append(query)
    bytes += ", \"positives\": ".utf8
    append(positives)
    bytes += ", \"negatives\": ".utf8
    append(negatives)
    bytes += "}\n".utf8
    return bytes
  }
}
