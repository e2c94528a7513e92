public import IndexStore
public import VectorCore

/// Exact search by faiss: `IndexFlatIP` and `IndexFlatL2`.
public enum FaissFlatBackend: IndexBackend {
  /// The backend's name.
  public static let name = "faiss-flat"
  /// One line on the backend.
  public static let summary = "exact search over float32 vectors, faiss"
  /// There is nothing to choose.
  public static let buildParameters: [ParameterDescription] = []
  /// There is nothing to choose.
  public static let searchParameters: [ParameterDescription] = []

  /// Copies the vectors into an index; the same bytes for any number of threads.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector.
  ///   - parameters: none.
  ///   - options: metric and progress.
  /// - Returns: the index; memory for the vectors, 4 bytes a number.
  /// - Throws: ``FaissError``, or what reading the vectors throws.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let description = FaissDescription(
      .flat,
      metric: options.metric,
      dimension: vectors.dimension,
      seed: options.seed
    )
    let handle = try FaissConstruction(vectors: vectors, options: options)
      .build(description, blockRows: 65_536)
    return FaissIndex(handle, backend: Self.self, parameters: parameters, vectors: vectors)
  }

  /// Opens a stored index; it is copied into memory.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's section does not fit its summary.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    try FaissIndex(file, backend: Self.self) { _ in .flat }
  }
}
