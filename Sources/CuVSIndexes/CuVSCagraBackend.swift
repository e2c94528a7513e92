internal import CCuVS
internal import FlatIndex
public import IndexStore
public import VectorCore

/// A graph that a GPU builds and walks, by cuVS: CAGRA.
///
/// Ootomo et al., arXiv:2308.15136.
public enum CuVSCagraBackend: IndexBackend {
  /// The backend's name.
  public static let name = "cuvs-cagra"
  /// One line on the backend.
  public static let summary = "graph of fixed degree, built and walked on a GPU, cuVS"
  /// `graph_degree`, `intermediate_graph_degree` and `build_algo`.
  public static let buildParameters = [
    ParameterDescription(
      "graph_degree",
      .integer(2...mostDegree),
      default: 64,
      "links of a node, fewer than vectors; more memory, higher recall"
    ),
    ParameterDescription(
      "intermediate_graph_degree",
      .integer(2...2 * mostDegree),
      default: 128,
      "nearest neighbors that links are chosen from, at least graph_degree are used"
    ),
    ParameterDescription(
      "build_algo",
      .choice(algorithms),
      default: "auto",
      "how the nearest neighbors are found"
    ),
  ]
  /// `itopk_size` and `search_width`.
  public static let searchParameters = [
    ParameterDescription(
      "itopk_size",
      .integer(1...4_096),
      default: 64,
      sweep: [16, 32, 64, 96, 128, 192, 256, 384, 512],
      "candidates that a search keeps, at least k are; slower, higher recall"
    ),
    ParameterDescription(
      "search_width",
      .integer(1...64),
      default: 1,
      "nodes that are expanded at a time"
    ),
  ]

  static let mostDegree = 1_024
  /// In the order of the C interface's numbers.
  private static let algorithms = ["auto", "ivf_pq", "nn_descent", "iterative"]

  /// Builds the graph on the GPU, and keeps it with the vectors.
  ///
  /// The graph may differ from run to run, as cuVS's threads come along.
  /// - Parameters:
  ///   - vectors: more vectors than `graph_degree`.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric, threads and progress.
  /// - Returns: the index; 4 bytes a value and a link, on the host and on the GPU.
  /// - Throws: ``CuVSError`` where there is no cuVS or no GPU,
  ///   ``VectorCore/IndexError/tooFewVectors(what:count:needed:)``, or what reading the vectors throws.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let degree = parameters.integer("graph_degree")
    guard vectors.count > degree else {
      throw IndexError.tooFewVectors(
        what: "\(name) with graph_degree=\(degree)",
        count: vectors.count,
        needed: degree + 1
      )
    }
    let rows = try ExactRows(vectors, metric: options.metric, threads: options.threads)
    options.progress(BuildProgress(phase: "building on the GPU", done: 0, total: vectors.count))
    let wide = max(degree, parameters.integer("intermediate_graph_degree"))
    var plan = ccuvs_cagra_plan(
      degree: Int64(degree),
      intermediate_degree: Int64(min(wide, vectors.count - 1)),
      method: Int32(algorithms.firstIndex(of: parameters.text("build_algo")) ?? 0)
    )
    let library = try CuVSLibrary.shared()
    let links = MutableMemory<UInt32>(count: vectors.count * degree)
    try unsafe rows.values.withVectors(rows.dimension, rows.metric) { values throws(CuVSError) in
      var values = unsafe values
      guard let links = unsafe links.elements.baseAddress else { return }
      try check(unsafe ccuvs_cagra_build(library.functions, &values, &plan, links), "build a graph")
    }
    options.progress(
      BuildProgress(phase: "building on the GPU", done: vectors.count, total: vectors.count)
    )
    return CuVSVectorIndex(
      IndexSummary(
        backend: name,
        parameters: parameters,
        metric: options.metric,
        count: vectors.count,
        dimension: vectors.dimension,
        seed: options.seed
      ),
      vectors.ids,
      rows,
      CagraGraph(links: links.frozen(), degree: degree)
    )
  }

  /// Opens a stored index; vectors and links stay in the file's mapping, and on the GPU once it is searched.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's sections do not fit its summary, and for a link to
  ///   a row that does not exist.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    try CuVSVectorIndex(file, graph: CagraGraph(file, count: file.summary.count))
  }
}
