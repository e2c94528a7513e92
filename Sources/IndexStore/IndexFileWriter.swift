public import VectorCore

/// Writes the sections of an index file, one after the other.
///
/// ``IndexFile/write(_:to:compress:threads:)`` makes one and hands it to
/// ``StoredIndex/store(in:)``. The file gets its name only when everything is written.
public struct IndexFileWriter: ~Copyable {
  /// Numbers that the backend needs to open the index: entry point, number of cells.
  ///
  /// Names are 1 to 64 bytes of UTF-8.
  public var attributes: [String: Int] = [:]

  private var file: AtomicFile
  private var sections: [IndexSection] = []
  private var end = FileHeader.page
  private let compress: Bool
  private let threads: Int

  init(replacing path: String, compress: Bool, threads: Int) throws(FileError) {
    file = try AtomicFile(replacing: path)
    self.compress = compress
    self.threads = threads
  }

  /// Appends a section.
  ///
  /// - Parameters:
  ///   - section: the name, unique in the file: 1 to 48 of `a-z 0-9 . - _`; "ids" is taken.
  ///   - elements: the section's content.
  ///   - optional: whether a version that does not know the section may ignore it.
  /// - Throws: ``VectorCore/FileError`` where writing fails.
  public mutating func write<Element: BitwiseCopyable>(
    _ section: String,
    _ elements: SharedArray<Element>,
    optional: Bool = false
  ) throws {
    precondition(section != IndexFile.idsSection, "the section 'ids' is written by IndexFile")
    try unsafe elements.withUnsafeBufferPointer { buffer in
      try unsafe writeSection(
        section,
        UnsafeRawBufferPointer(buffer),
        elementSize: MemoryLayout<Element>.stride,
        optional: optional
      )
    }
  }

  /// Appends a section of bytes that come in pieces, without holding them in memory.
  ///
  /// - Parameters:
  ///   - section: the name, as in ``write(_:_:optional:)``.
  ///   - optional: whether a version that does not know the section may ignore it.
  ///   - produce: calls its argument with each piece in turn.
  /// - Throws: ``VectorCore/FileError`` where writing fails, and what `produce` throws.
  public mutating func write(
    _ section: String,
    optional: Bool = false,
    streaming produce: (_ append: (RawSpan) throws -> Void) throws -> Void
  ) throws {
    precondition(section != IndexFile.idsSection, "the section 'ids' is written by IndexFile")
    if compress {
      // The filter is chosen, and the blocks are cut, with the whole section at hand.
      var scratch = try file.scratch()
      try produce { piece in
        try unsafe piece.withUnsafeBytes { try unsafe scratch.append($0) }
      }
      let mapping = try scratch.map()
      try withExtendedLifetime(mapping) {
        try unsafe writeSection(section, mapping.bytes, elementSize: 1, optional: optional)
      }
      return
    }
    check(name: section)
    var sum = RunningChecksum()
    var next = end
    try produce { piece in
      try unsafe piece.withUnsafeBytes { bytes in
        unsafe sum.update(bytes)
        try unsafe file.write(bytes, at: next)
        next += bytes.count
      }
    }
    add(
      section,
      .raw,
      elementSize: 1,
      raw: next - end,
      stored: next - end,
      checksums: (sum.value, sum.value),
      optional: optional
    )
  }

  /// Writes the ids, where they are not the row numbers.
  mutating func write(_ ids: VectorIDs) throws {
    guard let ids = ids.explicit else { return }
    try unsafe ids.withUnsafeBytes { bytes in
      try unsafe writeSection(IndexFile.idsSection, bytes, elementSize: 8, optional: false)
    }
  }

  /// Writes metadata, table and header, and gives the file its name.
  mutating func commit(_ summary: IndexSummary, program: String) throws -> IndexFileReport {
    let metadata = Metadata(summary: summary, attributes: attributes, program: program).encoded()
    precondition(metadata.count <= FileHeader.metadataLimit, "too many attributes")
    let table = SectionTable.encode(sections)
    let tableOffset = (end + metadata.count).paged
    let header = FileHeader(
      fileSize: tableOffset + table.count,
      metadata: end..<end + metadata.count,
      metadataChecksum: Checksum.of(metadata),
      tableOffset: tableOffset,
      tableChecksum: Checksum.of(table),
      sectionCount: sections.count
    )
    // Sizes the file also where the table is empty, and zeroes whatever was not written.
    try file.resize(to: header.fileSize)
    try unsafe metadata.withUnsafeBytes { try unsafe file.write($0, at: end) }
    try unsafe table.withUnsafeBytes { try unsafe file.write($0, at: tableOffset) }
    try unsafe header.encoded().withUnsafeBytes { try unsafe file.write($0, at: 0) }
    try file.commit()
    return IndexFileReport(path: file.path, fileBytes: header.fileSize, sections: sections)
  }

  private mutating func writeSection(
    _ name: String,
    _ bytes: UnsafeRawBufferPointer,
    elementSize: Int,
    optional: Bool
  ) throws {
    check(name: name)
    let sum = unsafe Checksum.of(bytes)
    if compress, let codec = unsafe BlockCodec.choose(bytes, elementSize: elementSize),
      let stored = try unsafe writeCompressed(bytes, codec)
    {
      add(
        name,
        codec,
        elementSize: elementSize,
        raw: bytes.count,
        stored: stored.size,
        checksums: (stored.checksum, sum),
        optional: optional
      )
      return
    }
    try unsafe file.write(bytes, at: end)
    add(
      name,
      .raw,
      elementSize: elementSize,
      raw: bytes.count,
      stored: bytes.count,
      checksums: (sum, sum),
      optional: optional
    )
  }

  /// Compresses a section into place; `nil`, and the file as it was, where that does not pay.
  private mutating func writeCompressed(
    _ bytes: UnsafeRawBufferPointer,
    _ codec: SectionCodec
  ) throws -> (size: Int, checksum: UInt64)? {
    guard case .lz4(let filter, let blockBytes) = codec else { return nil }
    var sum = RunningChecksum()
    var size = 0
    try unsafe BlockCodec.compress(
      bytes,
      filter: filter,
      blockBytes: blockBytes,
      threads: threads
    ) { piece in
      unsafe sum.update(piece)
      try unsafe file.write(piece, at: end + size)
      size += piece.count
    }
    guard BlockCodec.pays(raw: bytes.count, stored: size) else {
      try file.resize(to: end)
      return nil
    }
    return (size, sum.value)
  }

  private func check(name: String) {
    precondition(SectionTable.allows(name: name), "'\(name)' is no name for a section")
    precondition(!sections.contains { $0.name == name }, "a second section '\(name)'")
    precondition(sections.count < FileHeader.sectionLimit, "too many sections")
  }

  private mutating func add(
    _ name: String,
    _ codec: SectionCodec,
    elementSize: Int,
    raw: Int,
    stored: Int,
    checksums: (stored: UInt64, raw: UInt64),
    optional: Bool
  ) {
    sections.append(
      IndexSection(
        name: name,
        elementSize: elementSize,
        codec: codec,
        offset: end,
        rawBytes: raw,
        storedBytes: stored,
        checksum: checksums.stored,
        rawChecksum: checksums.raw,
        isOptional: optional
      )
    )
    end = (end + stored).paged
  }
}
