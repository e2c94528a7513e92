public import VectorCore

extension BenchmarkRecord {
  /// The circumstances, equal in all records of a run.
  public struct Run: Sendable, Equatable {
    /// The data set's name.
    public let dataset: String
    /// Indexed vectors.
    public let count: Int
    /// The length of each vector.
    public let dimension: Int
    /// How vectors are compared.
    public let metric: Metric
    /// Queries of the set.
    public let queries: Int
    /// Neighbors per query.
    public let k: Int
    /// Threads of builds and batches; single queries run on one.
    public let threads: Int
    /// Rounds planned for each setting.
    public let rounds: Int
    /// The seed of every construction.
    public let seed: UInt64
    /// Which copy of an index was searched.
    public let subject: BenchmarkPlan.Subject
    /// The machine.
    public let machine: Machine
    /// The program's commit or version.
    public let commit: String
    /// The start of the run in UTC, ISO 8601.
    public let date: String
    /// The quality of exact search at the same `k`, where judgments were given.
    public let exactQuality: ExactQuality?
    /// Which vectors searches may find; `nil` for all.
    public let filter: Filter?

    /// Takes every figure.
    package init(
      dataset: String,
      count: Int,
      dimension: Int,
      metric: Metric,
      queries: Int,
      k: Int,
      threads: Int,
      rounds: Int,
      seed: UInt64,
      subject: BenchmarkPlan.Subject,
      machine: Machine,
      commit: String,
      date: String,
      exactQuality: ExactQuality? = nil,
      filter: Filter? = nil
    ) {
      self.dataset = dataset
      self.count = count
      self.dimension = dimension
      self.metric = metric
      self.queries = queries
      self.k = k
      self.threads = threads
      self.rounds = rounds
      self.seed = seed
      self.subject = subject
      self.machine = machine
      self.commit = commit
      self.date = date
      self.exactQuality = exactQuality
      self.filter = filter
    }
  }

  /// The vectors that searches of a run may find.
  public struct Filter: Sendable, Equatable {
    /// The condition: `year >= 2001`.
    public let name: String
    /// How many vectors meet it.
    public let matches: Int

    /// Pairs a condition with its matches.
    package init(name: String, matches: Int) {
      self.name = name
      self.matches = matches
    }
  }

  /// The figure of retrieval quality that a run shows, and its value for exact search.
  public struct ExactQuality: Sendable, Equatable {
    /// The measure's name: `mrr_10`.
    public let name: String
    /// Its value for the true neighbors.
    public let value: Double

    /// Pairs a name with a value.
    package init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  /// One index: construction and file.
  public struct Index: Sendable, Equatable {
    /// The backend's name.
    public let backend: String
    /// Backend and all construction parameters as one word.
    public let spec: String
    /// Wall-clock seconds of the construction.
    public let buildSeconds: Double
    /// The most memory of the process during the construction, in bytes, what the sets take
    /// included; see ``peakIsOfBuild``.
    public let peakBytes: Int
    /// How far the peak lies above what was in use before the construction, in bytes.
    public let addedBytes: Int
    /// Whether the kernel let the peak start anew for this construction; otherwise it is that of
    /// the process so far.
    public let peakIsOfBuild: Bool
    /// The size of the index file.
    public let fileBytes: Int
    /// Milliseconds to open the file and answer one query, the file being in the page cache.
    public let openMilliseconds: Double

    /// Takes every figure.
    package init(
      backend: String,
      spec: String,
      buildSeconds: Double,
      peakBytes: Int,
      addedBytes: Int,
      peakIsOfBuild: Bool,
      fileBytes: Int,
      openMilliseconds: Double
    ) {
      self.backend = backend
      self.spec = spec
      self.buildSeconds = buildSeconds
      self.peakBytes = peakBytes
      self.addedBytes = addedBytes
      self.peakIsOfBuild = peakIsOfBuild
      self.fileBytes = fileBytes
      self.openMilliseconds = openMilliseconds
    }
  }

  /// One search setting.
  public struct Search: Sendable, Equatable {
    /// The search parameters, complete: `efSearch=64`.
    public let setting: String
    /// Mean of |returned top k ∩ true top k| / k, by id.
    public let recall: Double
    /// Recall by score, as ann-benchmarks counts it.
    public let tolerantRecall: Double
    /// The measure of ``ExactQuality``, where judgments were given.
    public let quality: Double?
    /// How the queries of a filter were answered: `scanned`, `walked`, `widened`, or several of these
    /// joined by `+`; `nil` where there is no filter.
    public let filterWay: String?
    /// One query a call on one thread.
    public let single: Single
    /// All queries in one call.
    public let batch: Batch

    /// Takes every figure.
    package init(
      setting: String,
      recall: Double,
      tolerantRecall: Double,
      quality: Double? = nil,
      filterWay: String? = nil,
      single: Single,
      batch: Batch
    ) {
      self.setting = setting
      self.recall = recall
      self.tolerantRecall = tolerantRecall
      self.quality = quality
      self.filterWay = filterWay
      self.single = single
      self.batch = batch
    }
  }

  /// Single-query mode: one query a call, one thread.
  public struct Single: Sendable, Equatable {
    /// Queries per second in the fastest round.
    public let qps: Double
    /// The median over rounds of queries per second.
    public let medianQPS: Double
    /// The median over rounds of the mean latency, microseconds; as are the percentiles.
    public let mean: Double
    /// The 50th percentile of latency, nearest rank.
    public let p50: Double
    /// The 95th percentile.
    public let p95: Double
    /// The 99th percentile.
    public let p99: Double
    /// Queries timed in a round, the fewest of all rounds.
    public let queries: Int
    /// Rounds timed.
    public let rounds: Int

    /// Takes every figure.
    package init(
      qps: Double,
      medianQPS: Double,
      mean: Double,
      p50: Double,
      p95: Double,
      p99: Double,
      queries: Int,
      rounds: Int
    ) {
      self.qps = qps
      self.medianQPS = medianQPS
      self.mean = mean
      self.p50 = p50
      self.p95 = p95
      self.p99 = p99
      self.queries = queries
      self.rounds = rounds
    }
  }

  /// Batch mode: all queries in one call, on as many threads as the run says.
  public struct Batch: Sendable, Equatable {
    /// Queries per second in the fastest round.
    public let qps: Double
    /// The median over rounds of queries per second.
    public let medianQPS: Double
    /// Rounds timed.
    public let rounds: Int

    /// Takes every figure.
    package init(
      qps: Double,
      medianQPS: Double,
      rounds: Int
    ) {
      self.qps = qps
      self.medianQPS = medianQPS
      self.rounds = rounds
    }
  }
}
