internal import VectorCore

/// Collects the entries of a run.
struct RunTable {
  var queries = IDTable()
  private(set) var documents = IDTable()
  private(set) var segments = QuerySegments()
  private(set) var documentOf: [UInt32] = []
  private(set) var scores: [Float] = []
  private(set) var ranks: [Int32] = []

  /// How many entries there are.
  var count: Int { documentOf.count }

  /// Adds an entry; `rank` is given for all entries or for none.
  mutating func append(query: UInt32, document: Span<UInt8>, score: Float, rank: Int32? = nil) {
    segments.note(query, at: count)
    documentOf.append(documents.insert(document))
    scores.append(score)
    if let rank { ranks.append(rank) }
  }

  /// The run, its entries together by query.
  func run(path: String) -> Run {
    let (starts, order) = segments.grouped(queryCount: queries.count, entryCount: count)
    return Run(
      path: path,
      queries: queries,
      documents: documents,
      starts: starts,
      documentOf: documentOf.reordered(by: order),
      scores: scores.reordered(by: order),
      ranks: ranks.isEmpty ? nil : ranks.reordered(by: order)
    )
  }

  /// Throws where there are no entries.
  func checkEntries(path: String) throws(FileError) {
    guard count == 0 else { return }
    throw FileError(
      .badData,
      path: path,
      reason: "holds no results",
      remedy: "give a file of lines 'qid Q0 docid rank score tag'"
    )
  }

  /// Throws where a document stands twice for a query, each entry being a line of the file.
  func checkDuplicates(path: String) throws(FileError) {
    let (starts, order) = segments.grouped(queryCount: queries.count, entryCount: count)
    // The last query that each document was seen in, counted from 1.
    var seen = [UInt32](repeating: 0, count: documents.count)
    for query in 0..<UInt32(truncatingIfNeeded: queries.count) {
      for place in starts[Int(query)]..<starts[Int(query) + 1] {
        let entry = order.map { Int($0[place]) } ?? place
        let document = documentOf[entry]
        guard seen[Int(document)] == query + 1 else {
          seen[Int(document)] = query + 1
          continue
        }
        throw FileError(
          .badData,
          path: path,
          place: "line \(entry + 1)",
          reason: "the document '\(documents[document])' stands twice for query "
            + "'\(queries[query])'",
          remedy: "keep one line of the two"
        )
      }
    }
  }
}
