internal import CCuVS
internal import FlatIndex
internal import Glibc
public import IndexStore
public import VectorCore

/// Cells of product-quantized vectors on a GPU, by cuVS: IVF-PQ.
///
/// Jégou, Douze and Schmid, doi:10.1109/TPAMI.2010.57. The scores that a search returns are those of the
/// codes, not of the vectors.
public enum CuVSIVFPQBackend: IndexBackend {
  /// The backend's name.
  public static let name = "cuvs-ivfpq"
  /// One line on the backend.
  public static let summary = "cells of product-quantized vectors on a GPU, cuVS"
  /// `n_lists`, `pq_dim`, `pq_bits` and the parameters of k-means.
  public static let buildParameters = [
    ParameterDescription(
      "n_lists",
      .integer(0...16_777_216),
      default: 0,
      "number of cells, at most one per vector; 0: about the square root of the count"
    ),
    ParameterDescription(
      "pq_dim",
      .integer(0...65_536),
      default: 0,
      "subquantizers; more bytes, higher recall; 0: as cuVS chooses"
    ),
    ParameterDescription("pq_bits", .integer(4...8), default: 8, "bits per subquantizer"),
    ParameterDescription(
      "kmeans_n_iters",
      .integer(1...10_000),
      default: 20,
      "k-means iterations for the cells"
    ),
    ParameterDescription(
      "kmeans_trainset_fraction",
      .real(0.001...1),
      default: 0.5,
      "the share of the vectors that k-means sees"
    ),
  ]
  /// `n_probes`.
  public static let searchParameters = [
    ParameterDescription(
      "n_probes",
      .integer(1...16_777_216),
      default: 20,
      sweep: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
      "cells to visit, all where it exceeds n_lists; slower, higher recall"
    )
  ]

  /// Trains and encodes on the GPU.
  ///
  /// The codes may differ from run to run, as cuVS's threads come along.
  /// - Parameters:
  ///   - vectors: at least as many vectors as cells and as centroids of a subquantizer.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric, threads and progress.
  /// - Returns: the index, in the format of cuVS's release.
  /// - Throws: ``CuVSError`` where there is no cuVS or no GPU,
  ///   ``VectorCore/IndexError/tooFewVectors(what:count:needed:)``, or what reading the vectors throws.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let chosen = try resolved(parameters, count: vectors.count)
    let rows = try ExactRows(vectors, metric: options.metric, threads: options.threads)
    options.progress(BuildProgress(phase: "building on the GPU", done: 0, total: vectors.count))
    var plan = ccuvs_ivfpq_plan(
      nlist: Int64(chosen.integer("n_lists")),
      pq_dim: Int64(chosen.integer("pq_dim")),
      pq_bits: Int64(chosen.integer("pq_bits")),
      iterations: Int64(chosen.integer("kmeans_n_iters")),
      share: chosen.real("kmeans_trainset_fraction")
    )
    let library = try CuVSLibrary.shared()
    let file = try MemoryFile()
    try unsafe rows.values.withVectors(rows.dimension, rows.metric) { values throws(CuVSError) in
      var values = unsafe values
      let status = unsafe ccuvs_ivfpq_build(library.functions, &values, &plan, file.path)
      try check(status, "build cells")
    }
    options.progress(
      BuildProgress(phase: "building on the GPU", done: vectors.count, total: vectors.count)
    )
    return CuVSCodeIndex(
      IndexSummary(
        backend: name,
        parameters: chosen,
        metric: options.metric,
        count: vectors.count,
        dimension: vectors.dimension,
        seed: options.seed
      ),
      vectors.ids,
      try file.contents(),
      release: library.version
    )
  }

  /// Parameters with what they leave open chosen.
  static func resolved(_ parameters: Parameters, count: Int) throws(IndexError) -> Parameters {
    var chosen = parameters
    if chosen.integer("n_lists") == 0 {
      chosen["n_lists"] = .integer(max(1, Int(Double(count).squareRoot())))
    }
    let needed = max(chosen.integer("n_lists"), 1 << chosen.integer("pq_bits"))
    guard count >= needed else {
      throw .tooFewVectors(
        what: "\(name) with n_lists=\(chosen.integer("n_lists")),pq_bits="
          + "\(chosen.integer("pq_bits"))",
        count: count,
        needed: needed
      )
    }
    return chosen
  }

  /// Opens a stored index; it is brought to the GPU once it is searched.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where sections or attributes are missing.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    try CuVSCodeIndex(file)
  }
}
