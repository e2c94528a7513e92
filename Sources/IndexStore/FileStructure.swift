internal import VectorCore

/// Everything of a file but the sections' content, read and checked.
struct FileStructure: Sendable {
  let header: FileHeader
  let metadata: Metadata
  let sections: [IndexSection]
  let faults: FileFaults

  /// Files up to this size are checked whole when they are opened.
  private static let wholeFileLimit = 64 << 20
  /// Sections below this size are checked when a large file is opened.
  private static let sectionLimit = 1 << 20
  private static let pieceBytes = 1 << 20

  init(of file: ReadableFile) throws(FileError) {
    faults = FileFaults(path: file.path)
    header = try FileHeader(of: file)
    let metadataBytes = try file.bytes(header.metadata)
    guard Checksum.of(metadataBytes) == header.metadataChecksum else {
      throw faults.corrupt(
        "metadata, byte \(header.metadata.lowerBound)",
        "the checksum does not fit"
      )
    }
    let tableBytes = try file.bytes(header.table)
    guard Checksum.of(tableBytes) == header.tableChecksum else {
      throw faults.corrupt("section table, byte \(header.tableOffset)", "the checksum does not fit")
    }
    sections = try SectionTable.decode(tableBytes, header: header, faults)
    metadata = try Metadata(decoding: metadataBytes, base: header.metadata.lowerBound, faults)
    let count = metadata.summary.count
    if let ids = sections.first(where: { $0.name == IndexFile.idsSection }),
      ids.elementSize != 8 || ids.count != count
    {
      throw faults.corrupt(
        ids.place,
        "\(ids.count) ids of \(ids.elementSize) bytes for \(count) vectors"
      )
    }
  }

  /// Checks as much as the verification asks for, reading the file without mapping it.
  func check(
    _ file: ReadableFile,
    _ verification: IndexFile.Verification,
    threads: Int
  ) throws {
    let isWhole =
      switch verification {
      case .automatic: file.size <= Self.wholeFileLimit
      case .full: true
      case .structure: false
      }
    if isWhole { return try checkEveryByte(file, restoring: false, threads: threads) }
    guard verification == .automatic else { return }
    let small = sections.filter { $0.storedBytes < Self.sectionLimit }
    try parallelFor(small.count, chunk: 1, threads: threads) { _, range in
      for index in range { try check(small[index], file) }
    }
  }

  /// Checks every byte of the file: the sections' checksums and the zeros between them.
  ///
  /// - Parameters:
  ///   - file: the file whose structure this is.
  ///   - restoring: whether compressed sections are restored too, block by block.
  ///   - threads: how many threads may work, on one section each.
  /// - Throws: `FileError` for the first bad section.
  func checkEveryByte(_ file: ReadableFile, restoring: Bool, threads: Int) throws {
    try parallelFor(sections.count, chunk: 1, threads: threads) { _, range in
      for index in range {
        try check(sections[index], file)
        try checkPadding(after: sections[index].range.upperBound, file)
        if restoring { try checkBlocks(of: sections[index], file) }
      }
    }
    try checkPadding(after: header.metadata.upperBound, file)
  }

  private func check(_ section: IndexSection, _ file: ReadableFile) throws {
    var sum = RunningChecksum()
    let piece = HeapBytes(min(max(section.storedBytes, 1), Self.pieceBytes))
    for start in stride(from: 0, to: section.storedBytes, by: piece.count) {
      let part = unsafe piece.part(0..<min(piece.count, section.storedBytes - start))
      try unsafe file.read(at: section.offset + start, into: part)
      unsafe sum.update(UnsafeRawBufferPointer(part))
    }
    guard sum.value == section.checksum else { throw faults.checksum(of: section) }
  }

  private func checkPadding(after end: Int, _ file: ReadableFile) throws {
    let padding = end..<min(end.paged, file.size)
    if let place = try file.bytes(padding).firstIndex(where: { $0 != 0 }) {
      throw faults.corrupt("byte \(end + place)", "the padding here is not zero")
    }
  }

  /// Restores a compressed section block by block, without holding it.
  private func checkBlocks(of section: IndexSection, _ file: ReadableFile) throws {
    guard case .lz4(let filter, let blockBytes) = section.codec else { return }
    let end = section.range.upperBound
    let trailer = try file.bytes(end - BlockCodec.trailerSize(of: section)..<end)
    guard let blocks = BlockCodec.blocks(trailer: trailer, of: section) else {
      throw faults.corrupt(section.place, "the sizes of the compressed blocks do not add up")
    }
    var sum = RunningChecksum()
    let scratch = HeapBytes(blockBytes)
    let restored = HeapBytes(blockBytes)
    let packed = HeapBytes(blockBytes)
    for block in blocks {
      let stored = unsafe packed.part(0..<block.stored.count)
      try unsafe file.read(at: section.offset + block.stored.lowerBound, into: stored)
      let raw = unsafe restored.part(0..<block.raw.count)
      let isWhole = unsafe BlockCodec.restore(
        UnsafeRawBufferPointer(stored),
        isPlain: block.isPlain,
        filter: filter,
        into: raw,
        scratch: scratch.part(0..<blockBytes)
      )
      guard isWhole else { throw faults.block(block, of: section) }
      unsafe sum.update(UnsafeRawBufferPointer(raw))
    }
    guard sum.value == section.rawChecksum else {
      throw faults.corrupt(section.place, "it does not restore to the bytes that were written")
    }
  }
}
