internal import VectorCore

extension FileStructure {
  /// The ids of the vectors: the section `ids`, or the names in `name-offsets` and `names`, or row
  /// numbers where there are neither.
  ///
  /// Numeric ids are copied and checked; names stay mapped where they are stored raw, and their
  /// offsets are checked.
  /// - Throws: ``VectorCore/FileError`` for corrupt sections.
  func ids(_ mapping: FileMapping, threads: Int) throws -> VectorIDs {
    let present = sections.filter { IndexFile.idSections.contains($0.name) }
    if let section = section(IndexFile.idsSection), present.count == 1 {
      let memory = try RestoredSection(section, mapping, faults, threads: threads)
      guard unsafe Checksum.of(memory.bytes) == section.rawChecksum else {
        throw faults.checksum(of: section)
      }
      return unsafe VectorIDs(unchecked: Array(memory.bytes.bindMemory(to: UInt64.self)))
    }
    guard let first = present.first else { return .rowNumbers }
    guard present.count == 2, let places = section(IndexFile.nameOffsetsSection),
      let texts = section(IndexFile.namesSection), texts.elementSize == 1
    else {
      throw faults.corrupt(first.place, "ids and parts of names that do not go together")
    }
    let count = metadata.summary.count
    guard places.elementSize == 8, places.count == count + 1 else {
      throw faults.corrupt(places.place, "\(places.count) offsets for \(count) names")
    }
    let offsets = try RestoredSection(places, mapping, faults, threads: threads)
    let bytes = try RestoredSection(texts, mapping, faults, threads: threads)
    let names = unsafe VectorNames(
      offsets: SharedArray(unsafe: offsets.bytes.bindMemory(to: UInt64.self), owner: offsets),
      bytes: SharedArray(unsafe: bytes.bytes.bindMemory(to: UInt8.self), owner: bytes)
    )
    guard let names else {
      throw faults.corrupt(
        places.place,
        "the offsets do not rise from 0 to the \(texts.count) bytes of the names"
      )
    }
    return VectorIDs(names: names)
  }

  private func section(_ name: String) -> IndexSection? { sections.first { $0.name == name } }
}
