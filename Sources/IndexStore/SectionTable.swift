internal import VectorCore

/// The section table: one entry of 128 bytes per section, in the order of their offsets.
enum SectionTable {
  static let entrySize = 128
  /// The longest name in bytes.
  static let nameLimit = 48
  /// The largest block that a reader must hold beside the section itself.
  static let blockLimit = 16 << 20
  private static let optionalFlag: UInt32 = 1
  private static let elementLimit = 1 << 16

  static func encode(_ sections: [IndexSection]) -> [UInt8] {
    var writer = ByteWriter()
    for (index, section) in sections.enumerated() {
      let start = index * entrySize
      writer.append(section.name)
      writer.pad(to: start + nameLimit)
      let fields = codecFields(section.codec)
      writer.append(fields.codec)
      writer.append(fields.filter)
      writer.append(fields.width)
      writer.append(fields.block)
      writer.append(UInt32(section.elementSize))
      writer.append(section.isOptional ? optionalFlag : 0)
      writer.append(UInt64(section.offset))
      writer.append(UInt64(section.rawBytes))
      writer.append(UInt64(section.storedBytes))
      writer.append(section.checksum)
      writer.append(section.rawChecksum)
      writer.pad(to: start + entrySize)
    }
    return writer.bytes
  }

  /// Whether a name may be written: short, and plain enough for every message and tool.
  static func allows(name: String) -> Bool {
    (1...nameLimit).contains(name.utf8.count)
      && name.utf8.allSatisfy { byte in
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
          || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
          || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      }
  }

  /// Reads the table and checks it against itself and the file's layout.
  static func decode(
    _ bytes: [UInt8],
    header: FileHeader,
    _ faults: FileFaults
  ) throws(FileError) -> [IndexSection] {
    var sections: [IndexSection] = []
    var names: Set<String> = []
    var expected = FileHeader.page
    for index in 0..<header.sectionCount {
      let start = index * entrySize
      let place = "section table, byte \(header.tableOffset + start)"
      let entry = Array(bytes[start..<start + entrySize])
      let section = try decodeEntry(entry, place: place, limit: header.metadata.lowerBound, faults)
      guard names.insert(section.name).inserted else {
        throw faults.corrupt(place, "a second section has the name '\(section.name)'")
      }
      guard section.offset == expected else {
        throw faults.corrupt(
          place,
          "section '\(section.name)' begins at byte \(section.offset) instead of \(expected)"
        )
      }
      expected = section.range.upperBound.paged
      sections.append(section)
    }
    guard expected == header.metadata.lowerBound else {
      throw faults.corrupt(
        "byte 24",
        "the sections end at byte \(expected), but the metadata begin at "
          + "byte \(header.metadata.lowerBound)"
      )
    }
    return sections
  }

  private static func decodeEntry(
    _ bytes: [UInt8],
    place: String,
    limit: Int,
    _ faults: FileFaults
  ) throws(FileError) -> IndexSection {
    var reader = ByteReader(bytes)
    let nameBytes = reader.read(count: nameLimit) ?? []
    let name = String(decoding: nameBytes.prefix { $0 != 0 }, as: UTF8.self)
    guard allows(name: name), nameBytes.dropFirst(name.utf8.count).allSatisfy({ $0 == 0 }) else {
      throw faults.corrupt(place, "a section has no proper name")
    }
    let codec = reader.read(UInt16.self) ?? 0
    let filter = reader.read(UInt8.self) ?? 0
    let width = reader.read(UInt8.self) ?? 0
    let block = reader.read(UInt32.self) ?? 0
    let elementSize = Int(reader.read(UInt32.self) ?? 0)
    let flags = reader.read(UInt32.self) ?? 0
    var words: [UInt64] = []
    for _ in 0..<5 { words.append(reader.read(UInt64.self) ?? 0) }
    guard flags & ~optionalFlag == 0, bytes[reader.offset...].allSatisfy({ $0 == 0 }) else {
      throw faults.newer(place, "section '\(name)' has flags or fields")
    }
    guard (1...elementLimit).contains(elementSize) else {
      throw faults.corrupt(place, "section '\(name)' has elements of \(elementSize) bytes")
    }
    let room = UInt64(limit)
    guard words[0] <= room, words[2] <= room - words[0] else {
      throw faults.corrupt(
        place,
        "section '\(name)' at byte \(words[0]) with \(words[2]) bytes is not before the metadata"
      )
    }
    let fields = CodecFields(codec: codec, filter: filter, width: width, block: block)
    let stored = Int(words[2])
    let raw = Int(exactly: words[1]) ?? -1
    let section = IndexSection(
      name: name,
      elementSize: elementSize,
      codec: try decodeCodec(fields, name: name, place: place, faults),
      offset: Int(words[0]),
      rawBytes: raw,
      storedBytes: stored,
      checksum: words[3],
      rawChecksum: words[4],
      isOptional: flags & optionalFlag != 0
    )
    guard raw >= 0, raw.isMultiple(of: elementSize), fits(section) else {
      throw faults.corrupt(
        place,
        "section '\(name)' claims \(words[1]) bytes in memory from \(stored) stored"
      )
    }
    return section
  }

  /// Whether the stored size can give the raw size, so that nothing is allocated on a bare claim.
  private static func fits(_ section: IndexSection) -> Bool {
    switch section.codec {
    case .raw:
      return section.rawBytes == section.storedBytes && section.rawChecksum == section.checksum
    case .lz4(_, let blockBytes):
      // A section is only compressed where that saves; no LZ4 stream expands more than 255-fold.
      return section.storedBytes < section.rawBytes
        && section.rawBytes / 256 <= section.storedBytes
        && BlockCodec.blockCount(section.rawBytes, blockBytes) <= section.storedBytes / 4
    }
  }

  private struct CodecFields {
    let codec: UInt16
    let filter: UInt8
    let width: UInt8
    let block: UInt32
  }

  private static func codecFields(_ codec: SectionCodec) -> CodecFields {
    switch codec {
    case .raw: CodecFields(codec: 0, filter: 0, width: 0, block: 0)
    case .lz4(.none, let block): CodecFields(codec: 1, filter: 0, width: 0, block: UInt32(block))
    case .lz4(.shuffle(let width), let block):
      CodecFields(codec: 1, filter: 1, width: UInt8(width), block: UInt32(block))
    case .lz4(.deltaShuffle(let width), let block):
      CodecFields(codec: 1, filter: 2, width: UInt8(width), block: UInt32(block))
    }
  }

  private static func decodeCodec(
    _ fields: CodecFields,
    name: String,
    place: String,
    _ faults: FileFaults
  ) throws(FileError) -> SectionCodec {
    let width = Int(fields.width)
    let block = Int(fields.block)
    switch (fields.codec, fields.filter) {
    case (0, 0) where width == 0 && block == 0: return .raw
    case (1, _) where block < 1 || block > blockLimit:
      throw faults.corrupt(place, "section '\(name)' has blocks of \(block) bytes")
    case (1, 0) where width == 0: return .lz4(.none, blockBytes: block)
    case (1, 1) where width >= 2: return .lz4(.shuffle(width: width), blockBytes: block)
    case (1, 2) where [2, 4, 8].contains(width):
      return .lz4(.deltaShuffle(width: width), blockBytes: block)
    case (0...1, 0...2):
      throw faults.corrupt(
        place,
        "section '\(name)' has codec \(fields.codec) with filter \(fields.filter) of width \(width)"
      )
    default:
      throw faults.newer(
        place,
        "section '\(name)' has codec \(fields.codec) with filter \(fields.filter)"
      )
    }
  }
}
