internal import VectorCore

/// What was measured of one index at one search setting.
public struct BenchmarkRecord: Sendable, Equatable {
  /// The circumstances.
  public let run: Run
  /// The index.
  public let index: Index
  /// The setting and what was measured at it.
  public let search: Search

  /// Joins the three parts.
  package init(run: Run, index: Index, search: Search) {
    self.run = run
    self.index = index
    self.search = search
  }

  /// Bytes of the index file per vector.
  public var bytesPerVector: Double { Double(index.fileBytes) / Double(run.count) }

  /// The record as one line of JSON, without a line break.
  public var json: String {
    var line = JSONLine()
    line.add("backend", index.backend)
    line.add("spec", index.spec)
    line.add("set", search.setting)
    line.add("k", run.k)
    line.add("threads", run.threads)
    line.add("recall_at_k", search.recall)
    line.add("tolerant_recall_at_k", search.tolerantRecall)
    if let exact = run.exactQuality, let quality = search.quality {
      line.add(exact.name, quality)
      line.add(exact.name + "_exact", exact.value)
    }
    if let filter = run.filter {
      line.add("filter", filter.name)
      line.add("matches", filter.matches)
      if let way = search.filterWay { line.add("filter_way", way) }
    }
    addSpeeds(to: &line)
    line.add("build_s", index.buildSeconds)
    line.add("index_bytes", index.fileBytes)
    line.add("bytes_per_vector", bytesPerVector)
    line.add("peak_rss_bytes", index.peakBytes)
    line.add("peak_rss_scope", index.peakIsOfBuild ? "build" : "process")
    line.add("added_rss_bytes", index.addedBytes)
    line.add("open_ms", index.openMilliseconds)
    addCircumstances(to: &line)
    return line.text
  }

  private func addSpeeds(to line: inout JSONLine) {
    line.add("qps", search.single.qps)
    line.add("qps_median", search.single.medianQPS)
    line.add("mean_us", search.single.mean)
    line.add("p50_us", search.single.p50)
    line.add("p95_us", search.single.p95)
    line.add("p99_us", search.single.p99)
    line.add("single_queries", search.single.queries)
    line.add("single_rounds", search.single.rounds)
    line.add("batch_qps", search.batch.qps)
    line.add("batch_qps_median", search.batch.medianQPS)
    line.add("batch_rounds", search.batch.rounds)
  }

  private func addCircumstances(to line: inout JSONLine) {
    line.add("searched", run.subject.rawValue)
    line.add("dataset", run.dataset)
    line.add("count", run.count)
    line.add("dimension", run.dimension)
    line.add("metric", run.metric.rawValue)
    line.add("queries", run.queries)
    line.add("seed", run.seed)
    line.add("cpu", run.machine.cpu)
    line.add("cores", run.machine.cores)
    line.add("memory_bytes", run.machine.memoryBytes)
    line.add("system", run.machine.system)
    line.add("simd", run.machine.simd)
    line.add("commit", run.commit)
    line.add("date", run.date)
  }
}
