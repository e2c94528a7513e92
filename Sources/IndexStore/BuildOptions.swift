public import VectorCore

/// What a construction is told besides the backend's parameters.
public struct BuildOptions: Sendable {
  /// How vectors are compared.
  public let metric: Metric
  /// How many threads may work, at least 1.
  public let threads: Int
  /// The seed of every random choice.
  public let seed: UInt64
  /// Called now and then, from one thread at a time, with what has been done.
  public let progress: @Sendable (BuildProgress) -> Void
  /// Makes an exact index of some vectors, on a GPU that is, for backends that begin with the nearest
  /// neighbors of all vectors: `hnsw`, which else finds nearly all of these by inverted lists.
  public let exactIndex: ExactIndex?
  /// Rows near each of the vectors, for the same backends: nothing is searched for then.
  public let neighbors: NeighborLists?
  /// A GPU that helps a backend of faiss; others take no notice.
  public let gpu: GPUPlace?

  /// Makes an exact index over vectors by a metric.
  public typealias ExactIndex = @Sendable (VectorSet, Metric) throws -> any VectorIndex

  /// Collects the options of a construction.
  public init(
    metric: Metric,
    threads: Int = 1,
    seed: UInt64 = 42,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in },
    exactIndex: ExactIndex? = nil,
    neighbors: NeighborLists? = nil,
    gpu: GPUPlace? = nil
  ) {
    precondition(threads >= 1, "threads \(threads) must be at least 1")
    self.metric = metric
    self.threads = threads
    self.seed = seed
    self.progress = progress
    self.exactIndex = exactIndex
    self.neighbors = neighbors
    self.gpu = gpu
  }
}

/// How far a construction has come.
public struct BuildProgress: Sendable {
  /// What is being done: "training", "adding".
  public let phase: String
  /// Items done in this phase.
  public let done: Int
  /// Items in this phase.
  public let total: Int
  /// What the items are, "passages", where their number in a second is worth showing.
  public let unit: String?
  /// What else is worth showing of this moment, in place of a rate: "loss 0.213, 3 min 20 s left".
  public let detail: String?

  /// Describes a moment of a construction.
  public init(phase: String, done: Int, total: Int, unit: String? = nil, detail: String? = nil) {
    self.phase = phase
    self.done = done
    self.total = total
    self.unit = unit
    self.detail = detail
  }
}
