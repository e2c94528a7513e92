public import Retrieval

/// Which passages are relevant to a query: judgments, with the rows of the passages in a store.
public struct Judgments: Sendable {
  /// The file of the judgments.
  public let path: String
  private let qrels: Qrels
  /// The row of each judged document, negative where the store has no such passage.
  private let rows: [Int64]

  /// The least grade that counts as relevant.
  private static let level: Int32 = 1

  /// A passage that was judged relevant.
  struct Relevant {
    let id: String
    /// Its row; `nil` where the store has no such passage.
    let row: Int?
    /// Where the file says so.
    let line: Int
  }

  /// Looks judged passages up in a store.
  ///
  /// - Complexity: O(judgments).
  public init(_ qrels: Qrels, passages: TokenStore) {
    self.qrels = qrels
    path = qrels.path
    rows = (0..<UInt32(truncatingIfNeeded: qrels.documents.count)).map { number in
      Int64(passages.row(of: qrels.documents[number]) ?? -1)
    }
  }

  /// The judged queries in the order of the file, with the lines where they first come.
  var queries: [(id: String, line: Int)] {
    qrels.queryIDs.enumerated().map { number, id in
      let lines = qrels.lineOf[qrels.starts[number]..<qrels.starts[number + 1]]
      return (id, Int(lines.min() ?? 0))
    }
  }

  /// The passages that are relevant to a query, in the order of the file.
  func relevant(to query: Span<UInt8>) -> [Relevant] {
    guard let number = qrels.queries.find(query) else { return [] }
    let own = qrels.starts[Int(number)]..<qrels.starts[Int(number) + 1]
    return own.filter { qrels.grades[$0] >= Self.level }
      .sorted { qrels.lineOf[$0] < qrels.lineOf[$1] }
      .map { place in
        let row = rows[Int(qrels.documentOf[place])]
        return Relevant(
          id: qrels.documents[qrels.documentOf[place]],
          row: row < 0 ? nil : Int(row),
          line: Int(qrels.lineOf[place])
        )
      }
  }
}
