internal import FlatIndex
public import IndexStore
public import VectorCore

/// Builds an index.
///
/// ```swift
/// let vectors = try VectorSet.open("vectors.npy")
/// let index = try buildIndex(over: vectors, "hnsw:M=16", metric: .cosine, threads: 4)
/// ```
/// - Parameters:
///   - vectors: at least one vector.
///   - specification: backend and construction parameters, `hnsw:M=32,efConstruction=200`.
///   - metric: how vectors are compared.
///   - threads: how many threads may work; the index does not depend on it, unless the backend
///     says otherwise.
///   - seed: of every random choice in the construction.
///   - progress: called now and then, from one thread at a time.
/// - Returns: an immutable index, ready to search and to save.
/// - Throws: ``VectorCore/IndexError`` for a specification that names what does not exist and for
///   vectors that no index can hold, ``VectorCore/FileError`` for a file that cannot be read, or
///   the backend's own error.
public func buildIndex(
  over vectors: VectorSet,
  _ specification: String,
  metric: Metric,
  threads: Int = 1,
  seed: UInt64 = 42,
  progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
) throws -> any StoredIndex {
  let chosen = try IndexSpecification(parsing: specification)
  guard threads >= 1 else {
    throw IndexError.invalidParameter(name: "threads", value: "\(threads)", allowed: "at least 1")
  }
  let options = BuildOptions(metric: metric, threads: threads, seed: seed, progress: progress)
  return try chosen.backend.makeIndex(
    over: vectors,
    parameters: chosen.parameters,
    options: options
  )
}

/// An exact index over a set, for a number of queries: with an integer first pass where that is
/// faster, which takes instructions for products of bytes and enough queries to pay for the codes.
///
/// - Parameters:
///   - vectors: at least one vector.
///   - queries: how many queries it is for.
///   - metric: how vectors are compared.
///   - threads: how many threads may work.
/// - Returns: an index of the backend `flat`; its answers are the same either way.
/// - Throws: what reading the vectors throws.
public func exactIndex(
  over vectors: VectorSet,
  queries: Int,
  metric: Metric,
  threads: Int
) throws -> any StoredIndex {
  let pays = FlatBackend.hasFastFirstPass && queries >= 256
  let parameters: Parameters = pays ? ["first": "int8"] : [:]
  return try FlatBackend.makeIndex(
    over: vectors,
    parameters: parameters,
    options: BuildOptions(metric: metric, threads: threads)
  )
}

/// Opens an index file, whatever backend built it.
///
/// Large sections stay mapped, so that a large index answers its first query at once.
/// - Parameters:
///   - path: a file that ``StoredIndex/save(to:compress:threads:)`` or the command wrote.
///   - verification: how much of the file is checked first.
///   - loading: whether it is copied into memory, see ``IndexStore/IndexFile/open(_:verification:loading:threads:)``.
/// - Returns: the index, ready to search.
/// - Throws: ``VectorCore/FileError`` for a file that is missing, foreign or corrupt.
public func openIndex(
  _ path: String,
  verification: IndexFile.Verification = .automatic,
  loading: Bool = false
) throws -> any StoredIndex {
  try IndexFile.open(path, verification: verification, loading: loading).index(
    using: backends + gpuBackends
  )
}

extension StoredIndex {
  /// Writes the index to one file, which appears whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file; replaced where it exists.
  ///   - compress: whether sections are stored with LZ4; they are decompressed into memory when the
  ///     index is opened, where raw sections are mapped.
  ///   - threads: how many threads may compress.
  ///   - model: the fingerprint of the model that encoded the vectors; `nil` for what the file said that
  ///     the index was opened from.
  /// - Returns: what was written, section by section.
  /// - Throws: ``VectorCore/FileError`` where the file cannot be written.
  @discardableResult
  public func save(
    to path: String,
    compress: Bool = false,
    threads: Int = 1,
    model: String? = nil
  ) throws -> IndexFileReport {
    try IndexFile.write(self, to: path, compress: compress, threads: threads, model: model)
  }
}
