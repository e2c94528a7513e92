internal import IndexStore
internal import IntegerScan
internal import VectorCore

/// Inverted lists with the vectors to rank again by, ready to be searched.
struct IVFIndex: StoredIndex, ReconstructingIndex {
  let summary: IndexSummary
  let ids: VectorIDs
  let space: ScanSpace
  let lists: InvertedLists
  let rerank: RerankRows
  private let workers = WorkerStore()
  let places = PlaceTable()

  init(
    summary: IndexSummary,
    ids: VectorIDs,
    space: ScanSpace,
    lists: InvertedLists,
    rerank: RerankRows
  ) {
    self.summary = summary
    self.ids = ids
    self.space = space
    self.lists = lists
    self.rerank = rerank
  }

  init(
    building vectors: VectorSet,
    parameters: Parameters,
    effort: KMeans.Effort = .thorough,
    options: BuildOptions
  ) throws {
    let builder = try IVFBuilder(
      vectors,
      parameters: parameters,
      effort: effort,
      options: options
    )
    let built = try builder.build()
    // What "automatic" came to is what the index is.
    var chosen = parameters
    chosen["nlist"] = .integer(built.lists.count)
    chosen["rerank"] = .text(built.rerank.kind.rawValue)
    self.init(
      summary: IndexSummary(
        backend: IVFBackend.name,
        parameters: chosen,
        metric: options.metric,
        count: vectors.count,
        dimension: vectors.dimension,
        seed: options.seed
      ),
      ids: vectors.ids,
      space: built.space,
      lists: built.lists,
      rerank: built.rerank
    )
  }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let resolved = try parameters.resolved(
      against: ProbeRule.descriptions,
      owner: IVFBackend.name
    )
    let rule = ProbeRule(resolved, k: k, count: summary.count)
    let dimension = summary.dimension
    let queryCount = queries.count / dimension
    var found = NearestRows(queryCount: queryCount, k: k)
    let values = Array(copying: queries)
    // A larger batch shares each list's codes among more queries.
    let most = ListSearchWorker.batch(keep: rule.rerank, space: space)
    let batch = max(1, min(most, (queryCount + threads - 1) / threads))
    found.write { results in
      parallelFor(queryCount, chunk: batch, threads: threads) { _, range in
        let worker = workers.take(self, batch: range.count, keep: rule.rerank)
        defer { workers.giveBack(worker) }
        unsafe values.withUnsafeBufferPointer { values in
          guard let first = values.baseAddress else { return }
          unsafe worker.answer(first, range, k: k, rule: rule, into: results)
        }
      }
    }
    return found
  }
}
