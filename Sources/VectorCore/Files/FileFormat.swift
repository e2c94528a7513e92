/// The file formats of matrices, told apart by the name's ending.
enum FileFormat: Sendable, Equatable {
  /// numpy's.
  case npy
  /// Each row behind its dimension.
  case vecs(ElementKind)
  /// Count and dimension, then the rows.
  case bigANN(ElementKind)
  /// HDF5, as ann-benchmarks has it.
  case hdf5

  private static let endings: [(name: String, format: FileFormat)] = [
    ("npy", .npy),
    ("fvecs", .vecs(.float32)), ("bvecs", .vecs(.uint8)), ("ivecs", .vecs(.int32)),
    ("fbin", .bigANN(.float32)), ("u8bin", .bigANN(.uint8)), ("i8bin", .bigANN(.int8)),
    ("ibin", .bigANN(.int32)),
    ("hdf5", .hdf5), ("h5", .hdf5),
  ]

  /// The endings that are known: ".npy, .fvecs, …".
  static var known: String { endings.map { "." + $0.name }.joined(separator: ", ") }

  /// The format that a name's ending stands for.
  static func named(by path: String) -> FileFormat? {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return nil }
    let ending = name[name.index(after: dot)...].lowercased()
    return endings.first { $0.name == ending }?.format
  }

  /// The format of a file by its name or, where that says nothing, by its first bytes.
  ///
  /// - Throws: ``FileError`` that lists the known endings.
  static func of(_ file: MappedFile) throws(FileError) -> FileFormat {
    if let format = named(by: file.path) { return format }
    if file.prefix(NpyHeader.magic.count) == NpyHeader.magic { return .npy }
    if file.prefix(hdf5Magic.count) == hdf5Magic { return .hdf5 }
    throw FileError(
      .badData,
      path: file.path,
      reason: contents(of: file).map { "is \($0), and no format of vectors" }
        ?? "the name's ending does not say which format this is",
      remedy: "unpack or convert it; vectors are read from \(known)"
    )
  }

  /// What a file's first bytes say that it is: "an HDF5 file".
  static func contents(of file: MappedFile) -> String? {
    let start = file.prefix(8)
    return magics.first { start.starts(with: $0.bytes) }?.what
  }

  private static let hdf5Magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  private static let magics: [(bytes: [UInt8], what: String)] = [
    (NpyHeader.magic, "a .npy file"),
    (hdf5Magic, "an HDF5 file"),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive, such as .npz"),
    ([0x1F, 0x8B], "compressed by gzip"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd"),
    ([0x42, 0x5A, 0x68], "compressed by bzip2"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed by xz"),
  ]
}

/// A path as users write it: a file, and for HDF5 possibly the dataset in it, `file.hdf5:test`.
struct FileReference: Equatable {
  let path: String
  let dataset: String?

  /// Splits `file.hdf5:name`; any other path is a file's.
  init(_ text: String) {
    let colons = text.indices.filter { text[$0] == ":" }
    for colon in colons where FileFormat.named(by: String(text[..<colon])) == .hdf5 {
      let name = text[text.index(after: colon)...]
      guard !name.isEmpty else { continue }
      path = String(text[..<colon])
      dataset = String(name)
      return
    }
    path = text
    dataset = nil
  }
}
