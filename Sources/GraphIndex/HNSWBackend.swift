public import IndexStore
public import VectorCore

/// Placeholder until the backend is written.
public enum HNSWBackend: IndexBackend {
  /// The backend's name.
  public static let name = "hnsw"
  /// One line on the backend.
  public static let summary = ""
  /// Construction parameters.
  public static let buildParameters: [ParameterDescription] = []
  /// Search parameters.
  public static let searchParameters: [ParameterDescription] = []

  /// Builds an index.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    throw IndexError.emptySet(what: vectors.name)
  }

  /// Opens an index.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    throw IndexError.emptySet(what: "")
  }
}
