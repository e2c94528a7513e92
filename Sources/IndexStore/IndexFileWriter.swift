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
  private let compress: Bool
  private let threads: Int

  init(replacing path: String, compress: Bool, threads: Int) throws(FileError) {
    var file = try AtomicFile(path: path)
    // Room for the header, which is written last.
    try file.write([UInt8](repeating: 0, count: FileHeader.page))
    self.file = file
    self.compress = compress
    self.threads = threads
  }

  /// Appends a section.
  ///
  /// - Parameters:
  ///   - section: the name, unique in the file: 1 to 48 of `a-z 0-9 . - _`; "ids", "names" and
  ///     "name-offsets" are taken.
  ///   - elements: the section's content.
  ///   - optional: whether a version that does not know the section may ignore it.
  /// - Throws: ``VectorCore/FileError`` where writing fails.
  public mutating func write<Element: BitwiseCopyable>(
    _ section: String,
    _ elements: SharedArray<Element>,
    optional: Bool = false
  ) throws {
    precondition(!IndexFile.idSections.contains(section), "IndexFile writes '\(section)'")
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
    precondition(!IndexFile.idSections.contains(section), "IndexFile writes '\(section)'")
    guard !compress else {
      // The filter is chosen with the whole section at hand: in a second temporary file, which
      // goes when it is dropped.
      var scratch = try AtomicFile(path: file.path)
      try produce { piece in
        try unsafe piece.withUnsafeBytes { try unsafe scratch.write(unsafe: $0) }
      }
      return try unsafe scratch.withContents { bytes in
        try unsafe writeSection(section, bytes, elementSize: 1, optional: optional)
      }
    }
    check(name: section)
    let start = file.size
    var sum = RunningChecksum()
    try produce { piece in
      try unsafe piece.withUnsafeBytes { bytes in
        unsafe sum.update(bytes)
        try unsafe file.write(unsafe: bytes)
      }
    }
    let size = file.size - start
    try close(
      IndexSection(
        name: section,
        elementSize: 1,
        codec: .raw,
        offset: start,
        rawBytes: size,
        storedBytes: size,
        checksum: sum.value,
        rawChecksum: sum.value,
        isOptional: optional
      )
    )
  }

  /// Writes the ids, where they are not the row numbers, or the names.
  mutating func write(_ ids: VectorIDs) throws {
    try unsafe ids.explicit?.withUnsafeBytes { bytes in
      try unsafe writeSection(IndexFile.idsSection, bytes, elementSize: 8, optional: false)
    }
    guard let names = ids.names else { return }
    try unsafe names.offsets.withUnsafeBufferPointer { offsets in
      try unsafe writeSection(
        IndexFile.nameOffsetsSection,
        UnsafeRawBufferPointer(offsets),
        elementSize: 8,
        optional: false
      )
    }
    try unsafe names.bytes.withUnsafeBufferPointer { bytes in
      try unsafe writeSection(
        IndexFile.namesSection,
        UnsafeRawBufferPointer(bytes),
        elementSize: 1,
        optional: false
      )
    }
  }

  /// Writes metadata, table and header, and gives the file its name.
  consuming func commit(
    _ summary: IndexSummary,
    program: String
  ) throws -> IndexFileReport {
    let metadata = Metadata(summary: summary, attributes: attributes, program: program).encoded()
    precondition(metadata.count <= FileHeader.metadataLimit, "too many attributes")
    let table = SectionTable.encode(sections)
    let start = file.size
    try file.write(metadata)
    try file.pad(toMultipleOf: FileHeader.page)
    let header = FileHeader(
      fileSize: file.size + table.count,
      metadata: start..<start + metadata.count,
      metadataChecksum: Checksum.of(metadata),
      tableOffset: file.size,
      tableChecksum: Checksum.of(table),
      sectionCount: sections.count
    )
    try file.write(table)
    try file.overwrite(header.encoded(), at: 0)
    let report = IndexFileReport(path: file.path, fileBytes: file.size, sections: sections)
    try file.commit()
    return report
  }

  private mutating func writeSection(
    _ name: String,
    _ bytes: UnsafeRawBufferPointer,
    elementSize: Int,
    optional: Bool
  ) throws {
    check(name: name)
    let start = file.size
    let rawChecksum = unsafe Checksum.of(bytes)
    var (codec, checksum) = (SectionCodec.raw, rawChecksum)
    if compress, let chosen = unsafe BlockCodec.choose(bytes, elementSize: elementSize),
      let stored = try unsafe writeCompressed(bytes, chosen)
    {
      (codec, checksum) = (chosen, stored)
    } else {
      try unsafe file.write(unsafe: bytes)
    }
    try close(
      IndexSection(
        name: name,
        elementSize: elementSize,
        codec: codec,
        offset: start,
        rawBytes: bytes.count,
        storedBytes: file.size - start,
        checksum: checksum,
        rawChecksum: rawChecksum,
        isOptional: optional
      )
    )
  }

  /// Compresses a section and gives the checksum of what was stored; `nil`, and the file as it was,
  /// where that does not pay.
  private mutating func writeCompressed(
    _ bytes: UnsafeRawBufferPointer,
    _ codec: SectionCodec
  ) throws -> UInt64? {
    guard case .lz4(let filter, let blockBytes) = codec else { return nil }
    let start = file.size
    var sum = RunningChecksum()
    try unsafe BlockCodec.compress(
      bytes,
      filter: filter,
      blockBytes: blockBytes,
      threads: threads
    ) { piece in
      unsafe sum.update(piece)
      try unsafe file.write(unsafe: piece)
    }
    guard BlockCodec.pays(raw: bytes.count, stored: file.size - start) else {
      try file.truncate(to: start)
      return nil
    }
    return sum.value
  }

  private func check(name: String) {
    precondition(SectionTable.allows(name: name), "'\(name)' is no name for a section")
    precondition(!sections.contains { $0.name == name }, "a second section '\(name)'")
    precondition(sections.count < FileHeader.sectionLimit, "too many sections")
  }

  /// Lists a section that was written, and makes room up to the next part.
  private mutating func close(_ section: IndexSection) throws {
    sections.append(section)
    try file.pad(toMultipleOf: FileHeader.page)
  }
}
