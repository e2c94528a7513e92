internal import GraphIndex
public import IndexStore
public import VectorCore

/// The construction of one kind of index from another.
///
/// A graph of cuVS, `cuvs-cagra`, is built on a GPU in seconds and is searched there. Its links are what the
/// construction of `hnsw` else searches for: an index made of them is searched without a GPU, by the same
/// walk and in the same file format as any other.
///
/// ```swift
/// let cagra = try openIndex("docs.cagra.needle")
/// let slim = try IndexSpecification(parsing: "hnsw:layout=slim")
/// let graph = try Conversion(of: cagra).index(slim, threads: 4)
/// ```
public struct Conversion: Sendable {
  /// The vectors as the index holds them: of unit length where it compares by cosine.
  public let vectors: VectorSet
  /// How they are compared.
  public let metric: Metric
  private let neighbors: NeighborLists
  private let attributes: AttributeTable?

  /// Takes the vectors, ids, attributes and links of an index.
  ///
  /// - Throws: ``ConversionError/noGraph(backend:)`` for an index without links of its rows.
  public init(of index: any StoredIndex) throws(ConversionError) {
    let described = (index as? TunedIndex)?.base ?? index
    let plain = (described as? AttributedIndex)?.base ?? described
    guard let source = plain as? any NeighborListing, let lists = source.neighborLists else {
      throw .noGraph(backend: index.summary.backend)
    }
    vectors = VectorSet(ReconstructedVectors(of: source), ids: index.ids)
    metric = index.summary.metric
    neighbors = lists
    attributes = index.attributeTable
  }

  /// Builds the index; the same for any number of threads.
  ///
  /// - Parameters:
  ///   - specification: the backend `hnsw`, with construction parameters.
  ///   - threads: how many threads may work, at least 1.
  ///   - seed: of every random choice.
  ///   - progress: called now and then, from one thread at a time.
  /// - Returns: an index over the same vectors and ids, with the same attributes; a recall curve is not
  ///   taken over, since it was measured on the other.
  /// - Throws: ``ConversionError/notOfGraph(backend:)`` for another backend, ``VectorCore/IndexError`` for
  ///   parameters that the backend refuses, ``VectorCore/FileError`` where a mapped index turns out to be corrupt.
  /// - Complexity: as a build of `hnsw` without its search for nearest neighbors.
  public func index(
    _ specification: IndexSpecification,
    threads: Int = 1,
    seed: UInt64 = 42,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) throws -> any StoredIndex {
    try check(specification)
    let built = try specification.backend.makeIndex(
      over: vectors,
      parameters: specification.parameters,
      options: options(threads: threads, seed: seed, progress: progress)
    )
    return attributes.map { AttributedIndex(built, attributes: $0) } ?? built
  }

  /// Estimates what building it takes; the index that it is made of, which stays in its file's mapping, is
  /// not counted.
  ///
  /// - Parameters:
  ///   - specification: the backend `hnsw`, with construction parameters.
  ///   - tuning: what the index is to be tuned with; `nil` for an index that is not tuned.
  ///   - threads: how many threads work.
  /// - Returns: file, memory of the construction and memory of searching.
  /// - Throws: as ``index(_:threads:seed:progress:)``.
  public func memory(
    _ specification: IndexSpecification,
    tuning: TuningQuerySource? = nil,
    threads: Int = 1
  ) throws -> BuildMemory? {
    try check(specification)
    let plain = try specification.memory(
      over: vectors,
      tuning: tuning,
      options: options(threads: threads)
    )
    return attributes.map { table in plain?.adding(.init("attributes", table.byteCount)) } ?? plain
  }

  private func check(_ specification: IndexSpecification) throws(ConversionError) {
    guard specification.backend.name == HNSWBackend.name else {
      throw .notOfGraph(backend: specification.backend.name)
    }
  }

  private func options(
    threads: Int,
    seed: UInt64 = 42,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) -> BuildOptions {
    BuildOptions(
      metric: metric,
      threads: threads,
      seed: seed,
      progress: progress,
      neighbors: neighbors
    )
  }
}
