internal import VectorCore

/// Lists the tensors of files that `torch.save` wrote, without executing their pickles.
enum TorchCheckpoint {
  /// Maps a file and lists its tensors; their bytes are not read.
  ///
  /// - Throws: ``FileError`` for files that are no state dict of PyTorch.
  static func tensors(of path: String) throws(FileError) -> [StoredTensor] {
    let file = try MappedFile(path: path)
    if file.prefix(ZipDirectory.magic.count) == ZipDirectory.magic {
      return try archived(in: file)
    }
    if file.prefix(LegacyCheckpoint.magic.count) == LegacyCheckpoint.magic {
      return try LegacyCheckpoint.tensors(of: file)
    }
    throw FileError(
      .badData,
      path: path,
      place: "byte 0",
      reason: "this is no file of torch.save: its first bytes are neither a zip archive's nor "
        + "the mark of older versions",
      remedy: file.prefix(7) == Array("version".utf8)
        ? "this is a Git LFS pointer: download the file itself" : "download or save the file again"
    )
  }

  /// A zip archive: `data.pkl` describes the tensors, `data/KEY` holds a storage each.
  private static func archived(in file: MappedFile) throws(FileError) -> [StoredTensor] {
    let entries = try ZipDirectory(of: file).entries
    let pickles = entries.keys.filter { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }
    guard pickles.count == 1, let name = pickles.first, let pickle = entries[name] else {
      throw FileError(
        .badData,
        path: file.path,
        reason: "the archive holds \(pickles.count) entries data.pkl, not one",
        remedy: "save model.state_dict() with torch.save"
      )
    }
    let folder = name.dropLast("data.pkl".count)
    if let order = entries[folder + "byteorder"], file.bytes(order) != Array("little".utf8) {
      throw FileError(
        .badData,
        path: file.path,
        place: "byte \(order.lowerBound)",
        reason: "the numbers are not little-endian",
        remedy: "save it on a machine that is"
      )
    }
    var cursor = FileCursor(file, from: pickle.lowerBound, to: pickle.upperBound)
    let dictionary = try StateDictionary(from: &cursor)
    return try dictionary.stored(in: file) { (storage) throws(FileError) in
      guard let range = entries[folder + "data/" + storage.key],
        range.count / storage.element.size >= storage.count
      else {
        throw FileError(
          .badData,
          path: file.path,
          place: "storage \(storage.key)",
          reason: "the archive does not hold its \(storage.count) elements",
          remedy: "download or save the file again"
        )
      }
      return range.prefix(storage.count * storage.element.size)
    }
  }
}
