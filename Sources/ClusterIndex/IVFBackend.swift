public import IndexStore
internal import IntegerScan
public import VectorCore

/// Inverted lists of 8-bit codes, scanned for a batch of queries as an integer matrix product.
///
/// The lists are those of Sivic and Zisserman, doi:10.1109/ICCV.2003.1238663, over k-means clusters.
public enum IVFBackend: IndexBackend {
  /// The backend's name.
  public static let name = "ivf"
  /// One line on the backend.
  public static let summary = "inverted lists of 8-bit codes, native; the fastest for batches"
  /// `nlist` and `rerank`.
  public static let buildParameters = IVFParameters.descriptions
  /// `nprobe`, `margin` and `rerank`.
  public static let searchParameters = ProbeRule.descriptions

  /// Clusters the vectors and encodes them; the same for any number of threads.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector, of 1 to 8,191 dimensions.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric, threads, seed, progress.
  /// - Returns: the index.
  /// - Throws: what reading the vectors throws.
  /// - Complexity: about 4 · count · nlist · dimension byte products. Memory for the index, which is
  ///   3 bytes a value (5 with `rerank=f32`), and a byte a value while it is built.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    try IVFIndex(building: vectors, parameters: parameters, options: options)
  }

  /// Vectors from which on all rounds of k-means would cost more than they save a single search.
  private static let manyVectors = 10_000

  /// Lists of the set's vectors with default parameters, to be searched for these very vectors once: of
  /// many vectors, the clusters are hasty, see ``IntegerScan/KMeans/Effort``.
  ///
  /// - Throws: as ``build(_:parameters:options:)``.
  package static func briefLists(
    over vectors: VectorSet,
    options: BuildOptions
  ) throws -> any ListedIndex {
    let defaults = try Parameters().resolved(against: buildParameters, owner: name)
    return try IVFIndex(
      building: vectors,
      parameters: defaults,
      effort: vectors.count < manyVectors ? .thorough : .brief,
      options: options
    )
  }

  /// Opens a stored index; codes and vectors stay in the file's mapping.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's sections do not fit its summary.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    try IVFIndex(file)
  }
}
