public import IndexStore
public import VectorCore

/// Hierarchical navigable small worlds by faiss: `IndexHNSWFlat`.
///
/// Malkov and Yashunin, arXiv:1603.09320.
public enum FaissHNSWBackend: IndexBackend {
  /// The backend's name.
  public static let name = "faiss-hnsw"
  /// One line on the backend.
  public static let summary = "navigable small-world graph over float32 vectors, faiss"
  /// `M` and `efConstruction`.
  public static let buildParameters = [
    ParameterDescription(
      "M",
      .integer(2...512),
      default: 16,
      "links per node and layer, twice as many in the base layer; more memory, higher recall"
    ),
    ParameterDescription(
      "efConstruction",
      .integer(1...65_536),
      default: 200,
      "beam width while building; a longer build, a better graph"
    ),
  ]
  /// `efSearch`.
  public static let searchParameters = [
    ParameterDescription(
      "efSearch",
      .integer(1...1_048_576),
      default: 64,
      sweep: [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768],
      "beam width while searching, at least k is used; slower, higher recall"
    )
  ]

  /// Links the vectors into a graph.
  ///
  /// The exception among the backends: with several threads faiss links in the order in which the
  /// threads come, so that the graph differs from run to run. With one thread it is the same.
  /// - Parameters:
  ///   - vectors: at least one vector.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric, threads, seed (which draws the layers) and progress.
  /// - Returns: the index; memory for the vectors and about 8·M bytes a vector.
  /// - Throws: ``FaissError``, or what reading the vectors throws.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let description = FaissDescription(
      kind(parameters),
      metric: options.metric,
      dimension: vectors.dimension,
      seed: options.seed
    )
    // Blocks smaller than elsewhere, because linking is slow and its progress is shown by block.
    let handle = try FaissConstruction(vectors: vectors, options: options)
      .build(description, blockRows: 16_384)
    return FaissIndex(handle, backend: Self.self, parameters: parameters, vectors: vectors)
  }

  /// Opens a stored index; it is copied into memory.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's section does not fit its summary.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    try FaissIndex(file, backend: Self.self) { kind($0) }
  }

  private static func kind(_ parameters: Parameters) -> FaissDescription.Kind {
    .hnsw(
      links: parameters.integer("M"),
      efConstruction: parameters.integer("efConstruction")
    )
  }
}
