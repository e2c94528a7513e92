internal import VectorCore

/// What a file that is no index looks like, so that the message can say what was confused.
enum ForeignFile {
  private static let signatures: [(bytes: [UInt8], name: String)] = [
    (Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }), "a NumPy array (.npy)"),
    ([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], "an HDF5 file"),
    (Array("PK\u{3}\u{4}".utf8), "a zip archive (.zip, .npz, or a PyTorch model)"),
    ([0x1F, 0x8B], "a gzip archive"),
    ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard archive"),
    ([0x04, 0x22, 0x4D, 0x18], "an LZ4 archive"),
    (Array("\u{7F}ELF".utf8), "a program"),
    (Array("%PDF".utf8), "a PDF document"),
  ]
  // The types of faiss's own index files begin so: IxFI, IwPQ, IHNf, IBxF, INSf, ISAf.
  private static let faissLetters = Set("xwHBNSvL".utf8)

  /// An error that says what the file looks like.
  ///
  /// - Parameters:
  ///   - head: the file's first bytes, up to a page of them.
  ///   - size: the file's size.
  ///   - path: the file.
  /// - Returns: the error, to be thrown.
  static func error(head: [UInt8], size: Int, path: String) -> FileError {
    let looks = describe(head, size: size)
    return FileError(
      .badData,
      path: path,
      reason: "not a Needletail index" + (looks.map { "; it looks like \($0)" } ?? ""),
      remedy: "name a file that 'needle index build' wrote"
    )
  }

  private static func describe(_ head: [UInt8], size: Int) -> String? {
    if let known = signatures.first(where: { head.starts(with: $0.bytes) }) { return known.name }
    guard head.count >= 8 else { return isText(head) ? "text" : nil }
    if head[0] == UInt8(ascii: "I"), faissLetters.contains(head[1]), isText(Array(head[..<4])) {
      return "an index of faiss's own format"
    }
    if isText(head) { return "text" }
    if head.allSatisfy({ $0 == 0 }) { return "zeros, as an interrupted copy leaves" }
    return vectors(first: word(head, at: 0), second: word(head, at: 4), size: size)
  }

  /// The vector formats without a signature, recognised by their arithmetic.
  private static func vectors(first: Int, second: Int, size: Int) -> String? {
    for (width, name) in [(4, ".fbin or .ibin"), (1, ".u8bin or .i8bin")]
    where first > 0 && (1...65_536).contains(second) && size == 8 + first * second * width {
      return "vectors (\(name))"
    }
    for (width, name) in [(4, ".fvecs or .ivecs"), (1, ".bvecs")]
    where (1...65_536).contains(first) && size.isMultiple(of: 4 + first * width) {
      return "vectors (\(name))"
    }
    return nil
  }

  private static func word(_ bytes: [UInt8], at offset: Int) -> Int {
    (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  private static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
  }
}
