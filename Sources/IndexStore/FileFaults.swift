internal import VectorCore

/// The errors about one index file, worded alike.
struct FileFaults: Sendable {
  let path: String

  /// Bytes that are not what this or any version would have written.
  func corrupt(_ place: String?, _ reason: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: place,
      reason: reason,
      remedy: "the file is damaged: restore it from a copy, or build the index again"
    )
  }

  /// Something that a later version may have added.
  func newer(_ place: String?, _ what: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: place,
      reason: "\(what), which Needletail \(needletailVersion) does not know: "
        + "made by a newer Needletail",
      remedy: "update Needletail, or build the index again with this one"
    )
  }

  /// A file that ends too soon.
  func truncated(size: Int, promised: Int) -> FileError {
    FileError(
      .badData,
      path: path,
      place: "byte \(size)",
      reason: "the file ends here, but should hold \(promised) bytes: it is truncated",
      remedy: "copy it again, or build the index again"
    )
  }
}

extension UInt64 {
  /// The number as checksums are shown: sixteen hexadecimal digits.
  var asChecksum: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
