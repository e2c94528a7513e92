internal import IndexStore
internal import Needletail

/// What is searched: an index at some parameters, or a set of vectors exactly.
struct SearchTarget {
  /// The path, with the option that names it.
  let source: NamedPath
  let index: any VectorIndex
  let parameters: Parameters

  /// Opens an index.
  ///
  /// - Parameters:
  ///   - path: the index file.
  ///   - asked: search parameters, possibly with a recall.
  ///   - k: neighbors per query.
  /// - Throws: what opening an index throws, and an error for parameters that it does not know.
  init(index path: String, asked: Parameters, k: Int) throws {
    let opened = try openIndex(path)
    let backend = try Needletail.backend(named: opened.summary.backend)
    parameters = try (try (opened as? TunedIndex)?.searchParameters(asked, k: k) ?? asked)
      .resolved(against: backend.searchParameters, owner: backend.name)
    index = opened
    source = NamedPath("--index", path)
  }

  /// Opens a set of vectors.
  init(vectors path: String, metric: Metric, threads: Int) throws {
    index = try ExactSearch(over: VectorSet.open(path), metric: metric, threads: threads)
    parameters = [:]
    source = NamedPath("--vectors", path)
  }

  var summary: IndexSummary { index.summary }
}
