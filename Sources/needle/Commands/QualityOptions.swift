internal import ArgumentParser
internal import Benchmarking
internal import Retrieval
internal import VectorCore

/// How a benchmark shows retrieval quality beside recall.
struct QualityOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Judgments of relevance: shows what each setting costs in --measure.",
      valueName: "file"
    )
  )
  var qrels: String?

  @Option(
    help: ArgumentHelp(
      "The measure of --qrels, as 'needle evaluate' names it (default: mrr.10).",
      valueName: "name"
    )
  )
  var measure: String?

  @Option(
    help: ArgumentHelp(
      "The names of the queries in --qrels, a word a line (default: a folder's ids, else row "
        + "numbers).",
      valueName: "file"
    )
  )
  var queryIds: String?

  @Option(
    help: ArgumentHelp(
      "The names of the vectors in --qrels, a word a line (default: a folder's ids, else row "
        + "numbers).",
      valueName: "file"
    )
  )
  var docIds: String?

  func validate() throws {
    guard qrels == nil else { return }
    for (option, value) in [
      ("--measure", measure), ("--query-ids", queryIds), ("--doc-ids", docIds),
    ] where value != nil {
      throw ValidationError("\(option) needs judgments; give --qrels as well")
    }
  }

  /// The judgments and the measure, or `nil` where none are asked for.
  ///
  /// - Throws: an error for a measure that `k` results do not suffice for, or that is not one mean.
  func read(k: Int) throws -> JudgedBenchmark? {
    guard let qrels else { return nil }
    let name = measure ?? "mrr.10"
    let measures = try Measure.parsing(name)
    guard let only = measures.first, measures.count == 1, only.hasQueryValues, !only.isCount else {
      throw UsageError("--measure \(name) is not one mean over queries; give one such as mrr.10")
    }
    if let cutoff = only.cutoff, cutoff > k {
      throw UsageError(
        "\(only.name) looks at \(cutoff) documents, but --k asks for \(k); give --k \(cutoff) or "
          + "another --measure"
      )
    }
    return JudgedBenchmark(
      qrels: try Qrels(contentsOf: Qrels.path(qrels)),
      measure: only,
      queryIDs: queryIds,
      docIDs: docIds
    )
  }
}

/// Judgments that a benchmark's searches are held against.
struct JudgedBenchmark {
  let qrels: Qrels
  let measure: Measure
  let queryIDs: String?
  let docIDs: String?

  /// The figure of quality over some queries and vectors, which have the names of the files that
  /// were given, else their own ids.
  ///
  /// - Throws: ``VectorCore/FileError`` for files of names that do not fit.
  func measure(
    queries: VectorSet,
    vectors: VectorSet,
    metric: Metric,
    threads: Int
  ) throws -> QualityMeasure {
    let queryNames = try queryIDs.map { path in
      try readIDs(path, count: queries.count, of: queries.name, what: "queries")
    }
    let docNames = try docIDs.map { path in
      try readIDs(path, count: vectors.count, of: vectors.name, what: "vectors")
    }
    // Results name vectors by their ids, files of names by their rows.
    let rowOf = docNames == nil ? nil : vectors.ids.explicit.map(Self.rows)
    let (qrels, measure) = (qrels, measure)
    var options = EvaluationOptions()
    options.threads = threads
    return QualityMeasure(name: measure.name) { [options] found in
      let rankings = found.enumerated().map { query, neighbors in
        (
          query: queryNames?[query] ?? queries.ids.word(at: query),
          documents: neighbors.map { neighbor in
            (
              id: docNames?[rowOf?[neighbor.id] ?? Int(neighbor.id)]
                ?? vectors.ids.text(of: neighbor.id),
              score: metric.largerIsNearer ? neighbor.score : 0 - neighbor.score
            )
          }
        )
      }
      let run = Run(rankings, name: queries.name)
      return try Evaluation(of: run, by: qrels, measures: [measure], options: options).overall(0)
    }
  }

  /// The rows of ids.
  private static func rows(of ids: [UInt64]) -> [UInt64: Int] {
    Dictionary(uniqueKeysWithValues: zip(ids, ids.indices))
  }
}
