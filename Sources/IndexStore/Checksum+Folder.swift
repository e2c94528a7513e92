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

  /// The checksum of a file's bytes.
  ///
  /// - Throws: `FileError` where the file cannot be read, or is no regular file.
  package static func of(fileAt path: String) throws(FileError) -> UInt64 {
    let file = try MappedFile(path: path)
    return unsafe file.withUnsafeBytes { unsafe of($0) }
  }
}
