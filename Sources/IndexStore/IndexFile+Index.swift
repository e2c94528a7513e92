internal import VectorCore

extension IndexFile {
  /// Opens the index in this file with the backend that built it.
  ///
  /// - Parameter backends: the backends to choose from.
  /// - Returns: the index, ready to search; an ``AttributedIndex`` where the file has attributes, and a
  ///   ``TunedIndex`` around it where there is a recall curve.
  /// - Throws: ``VectorCore/FileError`` for an unknown backend, for content that makes no sense to
  ///   it, and for sections that it does not know and may not ignore.
  public func index(using backends: [any IndexBackend.Type]) throws -> any StoredIndex {
    guard let backend = backends.first(where: { $0.name == summary.backend }) else {
      throw FileError(
        .badData,
        path: path,
        place: "metadata",
        reason: "built by the backend '\(summary.backend)', which Needletail \(needletailVersion) "
          + "does not have; it has \(backends.map { $0.name }.joined(separator: ", "))",
        remedy: "update Needletail (the file was written by \(writtenBy)), or build the index again"
      )
    }
    let index = try backend.open(self)
    let curve = try recallCurve()
    let attributes = try attributeTable()
    try rejectUnknownSections()
    let described = attributes.map { AttributedIndex(index, attributes: $0) } ?? index
    guard let curve else { return described }
    return try tuned(described, with: curve, backend)
  }
}
