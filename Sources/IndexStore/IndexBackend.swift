public import VectorCore

/// A kind of index: how it is built, and how it is opened from a file.
///
/// A backend is one module that conforms one type to this protocol and one to ``StoredIndex``, and
/// adds one line to the table of backends in the module `Needletail`.
public protocol IndexBackend: Sendable {
  /// The name in specifications: "hnsw".
  static var name: String { get }
  /// One line for `--help` and reports.
  static var summary: String { get }
  /// The construction parameters, in the order in which they are shown.
  static var buildParameters: [ParameterDescription] { get }
  /// The search parameters; the first with a non-empty sweep is what a benchmark varies.
  static var searchParameters: [ParameterDescription] { get }

  /// Builds an index over `vectors`.
  ///
  /// The same vectors, parameters, metric and seed give the same index for any number of threads,
  /// unless the backend documents otherwise.
  /// - Parameters:
  ///   - vectors: at least one vector; read through
  ///     ``VectorCore/VectorSet/copyRows(_:preparedFor:into:)``.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric, threads, seed and progress.
  /// - Returns: an immutable index, ready to search and to store.
  /// - Throws: ``VectorCore/IndexError``, ``VectorCore/FileError``, or the backend's own error.
  static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex

  /// Estimates what building an index takes, from the size of the set alone.
  ///
  /// - Parameters:
  ///   - count: vectors, at least 1.
  ///   - dimension: their length.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric and threads.
  /// - Returns: file and memory; `nil`, the default, where the backend cannot say.
  /// - Throws: ``VectorCore/IndexError`` for what ``build(_:parameters:options:)`` would refuse.
  static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> BuildMemory?

  /// Opens an index that ``StoredIndex/store(in:)`` wrote.
  ///
  /// Reads no more of the file than it must; large sections stay mapped.
  static func open(_ file: IndexFile) throws -> any StoredIndex
}

/// An index that can be written to a file.
public protocol StoredIndex: VectorIndex {
  /// Writes the index's sections; summary and ids are written by ``IndexFile``.
  func store(in writer: inout IndexFileWriter) throws
}

extension IndexBackend {
  /// Builds an index after checking parameters and set, which every construction needs.
  ///
  /// - Throws: ``VectorCore/IndexError`` for unknown or disallowed parameters and for an empty set.
  public static func makeIndex(
    over vectors: VectorSet,
    parameters: Parameters = [:],
    options: BuildOptions
  ) throws -> any StoredIndex {
    let resolved = try parameters.resolved(against: buildParameters, owner: name)
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    guard vectors.count <= Int(Int32.max) else {
      throw IndexError.tooManyVectors(count: vectors.count, limit: Int(Int32.max))
    }
    return try build(vectors, parameters: resolved, options: options)
  }
}
