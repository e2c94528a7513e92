public import IndexStore
public import VectorCore

/// Hierarchical navigable small worlds in Swift: a graph walked from coarse to fine.
///
/// Malkov and Yashunin, arXiv:1603.09320.
public enum HNSWBackend: IndexBackend {
  /// The backend's name.
  public static let name = "hnsw"
  /// One line on the backend.
  public static let summary = "navigable small-world graph over float32 vectors, native"
  /// `M`, `efConstruction`, `codec`, `layout` and `rerank`.
  public static let buildParameters = HNSWParameters.descriptions
  /// `efSearch` and `rerank`.
  public static let searchParameters = HNSWParameters.searchDescriptions

  /// Builds the graph; the same for any number of threads.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric, threads, seed, progress.
  /// - Returns: the index.
  /// - Throws: what reading the vectors throws.
  /// - Complexity: about count · efConstruction · M distances; memory for the vectors and
  ///   8·M bytes a vector.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let asked = HNSWParameters(parameters)
    let built = try GraphConstruction(vectors, asked, options).build()
    return HNSWIndex(
      summary: IndexSummary(
        backend: name,
        parameters: built.plan.parameters,
        metric: options.metric,
        count: vectors.count,
        dimension: vectors.dimension,
        seed: options.seed
      ),
      ids: vectors.ids,
      nodes: built.nodes,
      space: built.space,
      store: built.store,
      file: nil,
      reason: reason(of: built.plan, asked)
    )
  }

  /// What of codec and layout was left open, what it came to, and why; empty where the codec was
  /// asked for, which decides the rest.
  private static func reason(of plan: GraphPlan, _ asked: HNSWParameters) -> String {
    guard asked.codec == nil else { return "" }
    let layout = asked.layout == nil ? ", layout=\(plan.layout.rawValue)" : ""
    return "codec=\(plan.codec.rawValue)\(layout): \(plan.reason)"
  }

  /// Opens a stored index; vectors and links stay in the file's mapping.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's sections do not fit its summary.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    try HNSWIndex(file)
  }
}
