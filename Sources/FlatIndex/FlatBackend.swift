internal import CKernels
public import IndexStore
public import VectorCore

/// Exact search over all vectors: the measure of every other index.
public enum FlatBackend: IndexBackend {
  /// The backend's name.
  public static let name = "flat"
  /// One line on the backend.
  public static let summary = "exact search: every vector is compared with every query"
  /// None: there is nothing to choose.
  public static let buildParameters: [ParameterDescription] = []
  /// None: there is nothing to trade.
  public static let searchParameters: [ParameterDescription] = []

  /// Packs the vectors into panels.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector.
  ///   - parameters: none.
  ///   - options: metric and threads; the seed is not used.
  /// - Returns: the index.
  /// - Throws: what reading the vectors throws.
  /// - Complexity: O(count · dimension) time; the index takes 4 bytes a value.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let panels = try Panels(packing: vectors, options: options)
    return FlatIndex(
      summary: IndexSummary(
        backend: name,
        parameters: parameters,
        metric: options.metric,
        count: vectors.count,
        dimension: vectors.dimension,
        seed: options.seed
      ),
      ids: vectors.ids,
      panels: panels
    )
  }

  /// Opens a stored index; the vectors stay in the file's mapping.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's sections do not fit its summary.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    let summary = file.summary
    let floats = Panels.floatCount(count: summary.count, dimension: summary.dimension)
    return FlatIndex(
      summary: summary,
      ids: file.ids,
      panels: Panels(
        try file.array(FlatIndex.section, of: Float.self, count: floats),
        count: summary.count,
        dimension: summary.dimension
      )
    )
  }
}
