import Foundation
import TestSupport
import Testing

/// A set of judgments and results with the values that pytrec_eval and ir_measures give for it; see
/// `Tests/Data/evaluation/make_evaluation.py`.
struct ReferenceSet: Decodable, Sendable, CustomTestStringConvertible {
  let name: String
  let level: Int32
  let qrels: [String: [String: Int32]]
  let run: [String: [String: Double]]
  let measures: [String]
  let queries: [String]
  /// `[measures][queries]`, of the queries that have judgments and results.
  let values: [[Double]]
  /// ir_measures' values over all judged queries, by its names.
  let overall: [String: Double]

  private enum CodingKeys: String, CodingKey {
    case name, level, qrels, run, measures, queries, values
    case overall = "ir_measures"
  }

  var testDescription: String { name }

  /// All sets of the file.
  static let all: [ReferenceSet] = {
    let url = URL(fileURLWithPath: RealVectors.folder + "/evaluation/evaluation.json")
    guard let data = try? Data(contentsOf: url) else { return [] }
    return (try? JSONDecoder().decode([ReferenceSet].self, from: data)) ?? []
  }()

  /// The judgments as trec_eval reads them.
  var qrelsText: String {
    qrels.sorted { $0.key < $1.key }.map { query, judged in
      judged.map { "\(query) 0 \($0.key) \($0.value)\n" }.joined()
    }.joined()
  }

  /// The results as trec_eval reads them, the lines of all queries mixed.
  var runText: String {
    let lines = run.flatMap { query, found in
      found.map { "\(query) Q0 \($0.key) 0 \($0.value) tag\n" }
    }
    return lines.joined()
  }
}
