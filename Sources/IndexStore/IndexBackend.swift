public import VectorCore

/// A kind of index: how it is built, and how it is opened from a file.
///
/// A backend is one module that conforms one type to this protocol and one to ``StoredIndex``, and
/// adds one line to the table of backends in the module `Needletail`.
public protocol IndexBackend: Sendable {
  /// The name in specifications: "hnsw".
  static var name: String { get }
  /// One line for `--help` and reports.
  static var summary: String { get }
  /// The construction parameters, in the order in which they are shown.
  static var buildParameters: [ParameterDescription] { get }
  /// The search parameters; the first with a non-empty sweep is what a benchmark varies.
  static var searchParameters: [ParameterDescription] { get }

  /// Builds an index over `vectors`.
  ///
  /// The same vectors, parameters, metric and seed give the same index for any number of threads,
  /// unless the backend documents otherwise.
  /// - Parameters:
  ///   - vectors: at least one vector; read through
  ///     ``VectorCore/VectorSet/copyRows(_:preparedFor:into:)``.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric, threads, seed and progress.
  /// - Returns: an immutable index, ready to search and to store.
  /// - Throws: ``VectorCore/IndexError``, ``VectorCore/FileError``, or the backend's own error.
  static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex

  /// Estimates what building an index takes, from the size of the set alone.
  ///
  /// - Parameters:
  ///   - count: vectors, at least 1.
  ///   - dimension: their length.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric and threads.
  /// - Returns: file and memory; `nil`, the default, where the backend cannot say.
  /// - Throws: ``VectorCore/IndexError`` for what ``build(_:parameters:options:)`` would refuse.
  static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> BuildMemory?

  /// Opens an index that ``StoredIndex/store(in:)`` wrote.
  ///
  /// Reads no more of the file than it must; large sections stay mapped.
  static func open(_ file: IndexFile) throws -> any StoredIndex
}

/// An index that can be written to a file.
public protocol StoredIndex: VectorIndex {
  /// Writes the index's sections; summary and ids are written by ``IndexFile``.
  func store(in writer: inout IndexFileWriter) throws
}

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

  /// Makes an exact index over vectors by a metric.
  public typealias ExactIndex = @Sendable (VectorSet, Metric) throws -> any VectorIndex

  /// Collects the options of a construction.
  public init(
    metric: Metric,
    threads: Int = 1,
    seed: UInt64 = 42,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in },
    exactIndex: ExactIndex? = nil
  ) {
    precondition(threads >= 1, "threads \(threads) must be at least 1")
    self.metric = metric
    self.threads = threads
    self.seed = seed
    self.progress = progress
    self.exactIndex = exactIndex
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

extension IndexBackend {
  /// Builds an index after checking parameters and set, which every construction needs.
  ///
  /// - Throws: ``VectorCore/IndexError`` for unknown or disallowed parameters and for an empty set.
  public static func makeIndex(
    over vectors: VectorSet,
    parameters: Parameters = [:],
    options: BuildOptions
  ) throws -> any StoredIndex {
    let resolved = try parameters.resolved(against: buildParameters, owner: name)
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    guard vectors.count <= Int(Int32.max) else {
      throw IndexError.tooManyVectors(count: vectors.count, limit: Int(Int32.max))
    }
    return try build(vectors, parameters: resolved, options: options)
  }
}
