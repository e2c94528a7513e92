package import VectorCore

extension Checksum {
  /// The checksum of some files of a folder and of their names, in up to 16 hexadecimal digits.
  ///
  /// - Parameters:
  ///   - names: what counts where it is there, such as the files of a tokenizer.
  ///   - folder: the folder.
  /// - Returns: the digits.
  /// - Throws: `FileError` where the folder or a file cannot be read.
  package static func of(
    filesNamed names: Set<String>,
    in folder: String
  ) throws(FileError) -> String {
    var summary = ""
    for name in try Folder.names(in: folder) where names.contains(name) {
      summary += "\(name) \(try of(fileAt: folder + "/" + name)) "
    }
    return String(of(summary.utf8), radix: 16)
  }

  /// The checksum of a file's bytes, which are read piece by piece.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - start: the first byte that counts, at most the size of the file.
  ///   - visit: is called with each piece and its offset, so that a file is read only once.
  /// - Returns: the checksum.
  /// - Throws: `FileError` where the file cannot be read, or is no regular file.
  package static func of(
    fileAt path: String,
    from start: Int = 0,
    visit: (_ piece: Span<UInt8>, _ offset: Int) -> Void = { _, _ in }
  ) throws(FileError) -> UInt64 {
    let file = try ReadableFile(path)
    var sum = RunningChecksum()
    for offset in stride(from: start, to: file.size, by: pieceSize) {
      let piece = try file.bytes(offset..<min(offset + pieceSize, file.size))
      unsafe piece.withUnsafeBytes { unsafe sum.update($0) }
      visit(piece.span, offset)
    }
    return sum.value
  }

  /// Bytes that are read at a time.
  private static let pieceSize = 1 << 20
}
