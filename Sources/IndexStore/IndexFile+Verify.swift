internal import VectorCore

extension IndexFile {
  /// Checks every byte of an index file, and that every compressed section can be restored.
  ///
  /// The file is read in pieces, so memory does not grow with it.
  /// - Parameters:
  ///   - path: the file.
  ///   - threads: how many threads may work, on one section each.
  /// - Returns: what the file holds.
  /// - Throws: ``VectorCore/FileError`` that names the first bad section and the byte where it, or
  ///   its bad block, begins.
  @discardableResult
  public static func verify(_ path: String, threads: Int = 1) throws -> IndexFileReport {
    guard threads >= 1 else {
      throw IndexError.invalidParameter(name: "threads", value: "\(threads)", allowed: "at least 1")
    }
    let file = try ReadableFile(path)
    let structure = try FileStructure(of: file)
    try structure.checkEveryByte(file, restoring: true, threads: threads)
    return IndexFileReport(path: path, fileBytes: file.size, sections: structure.sections)
  }
}
