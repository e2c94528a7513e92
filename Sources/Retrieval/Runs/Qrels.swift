/// Relevance judgments: which documents were judged for which query, with which grade.
///
/// Grades mean what they mean to trec_eval: at or above the relevance level (1 unless said
/// otherwise) a document is relevant, from 0 below it not, and a negative grade says that the
/// document was chosen for judging but not judged.
public struct Qrels: Sendable {
  /// The file's path as the user gave it.
  public let path: String
  package let queries: IDTable
  package let documents: IDTable
  /// Where each query's judgments begin, and where those of the last end.
  package let starts: [Int]
  /// The judged documents, in ascending order of their numbers within a query.
  package let documentOf: [UInt32]
  /// The grades of those documents.
  package let grades: [Int32]
  /// The lines of the file at which they stand; in memory, their places in the order given, from 1.
  package let lineOf: [UInt32]

  /// How many queries have judgments.
  public var queryCount: Int { queries.count }

  /// How many judgments there are.
  public var count: Int { grades.count }

  /// The judged queries, in the order in which they first come in the file.
  public var queryIDs: [String] {
    (0..<UInt32(truncatingIfNeeded: queryCount)).map { queries[$0] }
  }

  /// The grade of a document for a query, or `nil` where it was not chosen for judging.
  ///
  /// - Complexity: O(log judgments of the query).
  package func grade(query: UInt32, document: UInt32) -> Int32? {
    var low = starts[Int(query)]
    var high = starts[Int(query) + 1]
    while low < high {
      let middle = low + (high - low) / 2
      if documentOf[middle] < document { low = middle + 1 } else { high = middle }
    }
    guard low < starts[Int(query) + 1], documentOf[low] == document else { return nil }
    return grades[low]
  }

  /// All grades of a query.
  package func grades(query: UInt32) -> ArraySlice<Int32> {
    grades[starts[Int(query)]..<starts[Int(query) + 1]]
  }
}

extension Qrels {
  /// Takes judgments in memory.
  ///
  /// - Parameters:
  ///   - judgments: for each query the ids of its documents with their grades. Queries must differ,
  ///     and so must the documents of one query.
  ///   - name: what stands for a path in messages.
  public init(
    _ judgments: [(query: String, documents: [(id: String, grade: Int32)])],
    name: String
  ) {
    var queries = IDTable()
    var documents = IDTable()
    var starts = [0]
    var entries: [(document: UInt32, grade: Int32, line: UInt32)] = []
    for (query, judged) in judgments {
      let number = queries.insert(query.utf8Span.span)
      precondition(Int(number) == starts.count - 1, "the query '\(query)' comes twice")
      let first = entries.count + 1
      entries += judged.enumerated().map { place, entry in
        let document = documents.insert(entry.id.utf8Span.span)
        return (document, entry.grade, UInt32(first + place))
      }
      .sorted { $0.0 < $1.0 }
      starts.append(entries.count)
    }
    self.init(
      path: name,
      queries: queries,
      documents: documents,
      starts: starts,
      documentOf: entries.map(\.document),
      grades: entries.map(\.grade),
      lineOf: entries.map(\.line)
    )
  }
}
