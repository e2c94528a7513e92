internal import FlatIndex
public import IndexStore
public import VectorCore

/// Exact search on a GPU by cuVS: brute force.
public enum CuVSFlatBackend: IndexBackend {
  /// The backend's name.
  public static let name = "cuvs-flat"
  /// One line on the backend.
  public static let summary = "exact search on a GPU in single precision, cuVS"
  /// There is nothing to choose.
  public static let buildParameters: [ParameterDescription] = []
  /// There is nothing to choose.
  public static let searchParameters: [ParameterDescription] = []

  /// Keeps the vectors; a GPU is needed for searches only.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector.
  ///   - parameters: none.
  ///   - options: metric and threads.
  /// - Returns: the index; the answers are those of `flat` but for ties within the GPU's rounding.
  /// - Throws: what reading the vectors throws.
  /// - Complexity: 4 bytes a value, on the host and on the GPU.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    CuVSVectorIndex(
      IndexSummary(
        backend: name,
        parameters: [:],
        metric: options.metric,
        count: vectors.count,
        dimension: vectors.dimension,
        seed: options.seed
      ),
      vectors.ids,
      try ExactRows(vectors, metric: options.metric, threads: options.threads),
      nil
    )
  }

  /// Opens a stored index; the vectors stay in the file's mapping, and on the GPU once it is searched.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's section does not fit its summary.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    try CuVSVectorIndex(file, graph: nil)
  }
}
