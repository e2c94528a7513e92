public import IndexStore
public import VectorCore

/// Cells of product-quantized vectors by faiss: `IndexIVFPQ`.
///
/// Jégou, Douze and Schmid, doi:10.1109/TPAMI.2010.57. The scores that a search returns are those
/// of the codes, not of the vectors. Polysemous codes are off: their training takes minutes.
public enum FaissIVFPQBackend: IndexBackend {
  /// The backend's name.
  public static let name = "faiss-ivfpq"
  /// One line on the backend.
  public static let summary = "cells of product-quantized vectors, the smallest index, faiss"
  /// `nlist`, `m`, `nbits` and the parameters of k-means.
  public static let buildParameters = IVFPQParameters.descriptions
  /// `nprobe` and `max_codes`.
  public static let searchParameters = [
    ParameterDescription(
      "nprobe",
      .integer(1...16_777_216),
      default: 16,
      sweep: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
      "cells to visit, all where it exceeds nlist; slower, higher recall"
    ),
    ParameterDescription(
      "max_codes",
      .integer(0...Int(Int32.max)),
      default: 0,
      "visit no further cell once so many vectors were seen; 0: no limit"
    ),
  ]

  /// Trains on a seeded sample and encodes the vectors; the same bytes for any number of threads.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric, threads, seed and progress.
  /// - Returns: the index, which records the numbers chosen for parameters left at 0.
  /// - Throws: ``VectorCore/IndexError/tooFewVectors(what:count:needed:)`` for an `nlist` or
  ///   `nbits` beyond the set, ``VectorCore/IndexError/invalidParameter(name:value:allowed:)`` for
  ///   an `m` that does not divide the dimension, ``FaissError``, or what reading the vectors
  ///   throws.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let chosen = try IVFPQParameters(
      parameters,
      count: vectors.count,
      dimension: vectors.dimension
    )
    let description = FaissDescription(
      .ivfpq(chosen),
      metric: options.metric,
      dimension: vectors.dimension,
      seed: options.seed
    )
    let handle = try FaissConstruction(vectors: vectors, options: options)
      .build(description, trainingRows: chosen.trainingRows, blockRows: chosen.blockRows)
    return FaissIndex(
      handle,
      backend: Self.self,
      parameters: chosen.recorded(over: parameters),
      vectors: vectors
    )
  }

  /// Opens a stored index; it is copied into memory, and faiss's tables are computed anew.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's section does not fit its summary.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    try FaissIndex(file, backend: Self.self) { parameters in
      IVFPQParameters(stored: parameters, dimension: file.summary.dimension).map { .ivfpq($0) }
    }
  }
}
