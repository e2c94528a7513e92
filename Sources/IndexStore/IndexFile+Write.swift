internal import VectorCore

extension IndexFile {
  /// Writes an index to a file, which appears under its name whole or not at all.
  ///
  /// The same index gives the same bytes, for any number of threads.
  /// - Parameters:
  ///   - index: the index.
  ///   - path: the file, replaced where it exists; a symbolic link is followed.
  ///   - compress: whether sections are stored with LZ4 where that saves at least 3 %; those are
  ///     no longer mapped but restored into memory when the index is opened.
  ///   - threads: how many threads may compress.
  ///   - model: the fingerprint of the model that encoded the vectors, where that is known: whoever
  ///     searches with another one can then be told; `nil` for that of the index's summary.
  /// - Returns: the sections with their sizes in memory and in the file.
  /// - Throws: ``VectorCore/FileError`` where writing fails; the file of this name is then what it
  ///   was before. ``VectorCore/IndexError`` for a summary that no file can hold.
  @discardableResult
  public static func write(
    _ index: any StoredIndex,
    to path: String,
    compress: Bool,
    threads: Int = 1,
    model: String? = nil
  ) throws -> IndexFileReport {
    try write(
      index,
      to: path,
      compress: compress,
      threads: threads,
      model: model,
      program: needletailVersion
    )
  }

  /// Writes an index as the given version of Needletail would.
  @discardableResult
  package static func write(
    _ index: any StoredIndex,
    to path: String,
    compress: Bool,
    threads: Int,
    model: String? = nil,
    program: String
  ) throws -> IndexFileReport {
    guard threads >= 1 else {
      throw IndexError.invalidParameter(name: "threads", value: "\(threads)", allowed: "at least 1")
    }
    let summary = index.summary.encoded(by: model ?? index.summary.model)
    try check(summary)
    let ids = index.ids
    precondition(
      (ids.count ?? summary.count) == summary.count,
      "\(ids.count ?? 0) ids for \(summary.count) vectors"
    )
    var writer = try IndexFileWriter(replacing: path, compress: compress, threads: threads)
    try writer.write(ids)
    try index.store(in: &writer)
    return try writer.commit(summary, program: program)
  }

  /// Refuses what ``open(_:verification:threads:)`` would refuse, before anything is written.
  private static func check(_ summary: IndexSummary) throws(IndexError) {
    guard summary.count >= 1 else { throw .emptySet(what: "the index") }
    guard summary.count <= Metadata.countLimit else {
      throw .tooManyVectors(count: summary.count, limit: Metadata.countLimit)
    }
    guard (1...Metadata.dimensionLimit).contains(summary.dimension) else {
      throw .invalidParameter(
        name: "dimension",
        value: "\(summary.dimension)",
        allowed: "from 1 to \(Metadata.dimensionLimit)"
      )
    }
    let text = summary.parameters.description
    guard let read = try? Parameters(parsing: text), read.description == text else {
      throw .invalidParameter(
        name: "parameters",
        value: text,
        allowed: "names and values without commas, '=' in names, or empty values"
      )
    }
  }
}
