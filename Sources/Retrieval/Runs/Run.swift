package import VectorCore

/// Which of two documents of a query comes first.
public enum TieOrder: String, Sendable, CaseIterable {
  /// As trec_eval has it: by score, the larger first, compared in single precision; where scores
  /// are equal, by id, the larger first in the order of its bytes. Ranks are not looked at.
  case trec
  /// As MS MARCO's script has it: by the column of ranks. Formats without one are taken in the
  /// order of the file.
  case run
}

/// The documents that a system found for each query, with their scores.
public struct Run: Sendable {
  /// The file's path as the user gave it, or what stands for it in messages.
  public let path: String
  package let queries: IDTable
  package let documents: IDTable
  /// Where each query's entries begin, and where those of the last end.
  package let starts: [Int]
  /// The found documents, in the order of the file within a query.
  package let documentOf: [UInt32]
  /// Their scores.
  package let scores: [Float]
  /// Their ranks, where the format has them.
  package let ranks: [Int32]?

  /// How many queries have entries.
  public var queryCount: Int { queries.count }

  /// How many entries there are.
  public var count: Int { documentOf.count }

  /// The entries of a query, by number in the run, best first.
  ///
  /// - Throws: ``VectorCore/FileError`` where ranks are asked for and are not 1, 2, 3 and so on.
  /// - Complexity: O(n) for n entries that are in order already, otherwise O(n log n).
  package func ranking(of query: UInt32, by ties: TieOrder) throws(FileError) -> [Int] {
    let own = starts[Int(query)]..<starts[Int(query) + 1]
    var order = Array(own)
    switch ties {
    case .trec:
      let isSorted = zip(own, own.dropFirst()).allSatisfy { !precedes($1, $0) }
      if !isSorted { order.sort { precedes($0, $1) } }
    case .run:
      guard let ranks else { return order }
      order.sort { (ranks[$0], $0) < (ranks[$1], $1) }
      for (place, entry) in order.enumerated() where Int(ranks[entry]) != place + 1 {
        throw FileError(
          .badData,
          path: path,
          place: "query '\(queries[query])'",
          reason: "the rank \(ranks[entry]) stands where \(place + 1) is expected",
          remedy: "number the documents of a query from 1, or rank by score with --ties trec"
        )
      }
    }
    return order
  }

  /// trec_eval's order.
  private func precedes(_ left: Int, _ right: Int) -> Bool {
    if scores[left] != scores[right] { return scores[left] > scores[right] }
    return documents.precedes(documentOf[right], documentOf[left])
  }
}

extension Run {
  /// Takes results in memory.
  ///
  /// - Parameters:
  ///   - rankings: for each query the ids of its documents with their scores, best first. Queries
  ///     must differ, and so must the documents of one query.
  ///   - name: what stands for a path in messages.
  public init(
    _ rankings: [(query: String, documents: [(id: String, score: Float)])],
    name: String
  ) {
    var table = RunTable()
    for (query, found) in rankings {
      let number = table.queries.insert(query.utf8Span.span)
      for (id, score) in found {
        table.append(query: number, document: id.utf8Span.span, score: score)
      }
    }
    self = table.run(path: name)
  }
}
