internal import Glibc
package import VectorCore

/// Looks up the judgments of a run's documents.
package struct Judge: Sendable {
  private let run: Run
  private let qrels: Qrels
  private let ties: TieOrder
  private let level: Int32
  /// For each query of the judgments its number in the run.
  package let queries: [UInt32?]
  /// For each document of the run its number in the judgments.
  private let documents: [UInt32?]

  /// Matches the ids of both sides.
  package init(run: Run, qrels: Qrels, ties: TieOrder, level: Int32) {
    self.run = run
    self.qrels = qrels
    self.ties = ties
    self.level = level
    queries = run.queries.numbers(of: qrels.queries)
    documents = qrels.documents.numbers(of: run.documents)
  }

  /// The ranking of a query of the judgments; that of nothing where the run has none.
  package func ranking(of query: Int) throws(FileError) -> JudgedRanking {
    let judged = UInt32(truncatingIfNeeded: query)
    let grades = qrels.grades(query: judged).sorted(by: >)
    guard let own = queries[query] else {
      return JudgedRanking(retrieved: 0, hits: [], grades: grades, level: level)
    }
    let order = try run.ranking(of: own, by: ties)
    var hits: [JudgedRanking.Hit] = []
    for (place, entry) in order.enumerated() {
      guard let document = documents[Int(run.documentOf[entry])],
        let grade = qrels.grade(query: judged, document: document)
      else { continue }
      hits.append(JudgedRanking.Hit(rank: place + 1, grade: grade))
    }
    return JudgedRanking(retrieved: order.count, hits: hits, grades: grades, level: level)
  }

  /// The error for a run without a judged query.
  package var nothingInCommon: FileError {
    FileError(
      .badData,
      path: run.path,
      reason: "has none of the \(qrels.queryCount) queries of \(qrels.path)",
      remedy: "check that both files are of the same queries, and that ids are written alike"
    )
  }
}

/// e to the power of a number.
func exponential(_ value: Double) -> Double { exp(value) }
