import IndexStore
import TestSupport
import Testing
import VectorCore

/// Files whose checksums fit but whose fields lie.
@Suite struct ForgedFileTests {
  typealias Header = ForgedFile.Header
  typealias Entry = ForgedFile.Entry

  /// Opens a file changed by `forge` and gives the error's text, after checking that every way of
  /// opening refuses it.
  private func refusal(
    compress: Bool = false,
    sealing: Bool = true,
    _ forge: (inout ForgedFile) -> Void
  ) throws -> String {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let index = FakeIndex(
      ids: try VectorIDs([9, 8, 7, 6, 5]),
      attributes: ["entry": 1],
      [FakeSection("numbers", Sample.growing(5_000)), FakeSection("bytes", Sample.noise(5_000))]
    )
    try IndexFile.write(index, to: path, compress: compress)
    var file = try ForgedFile(path)
    forge(&file)
    if sealing { file.seal() }
    try put(file.bytes, at: path)
    let error = try #require(
      #expect(throws: FileError.self) { _ = try IndexFile.open(path, verification: .structure) }
    )
    #expect(throws: error) { try IndexFile.verify(path) }
    #expect(error.kind == .badData)
    #expect(error.remedy != nil)
    #expect(!error.description.contains("\n"))
    return error.description
  }

  @Test func newerFilesAskForAnUpdate() throws {
    let forgeries: [(inout ForgedFile) -> Void] = [
      { $0.set(Header.version, UInt32(2)) },
      { $0.set(Header.version, UInt32.max) },
      { $0.set(Header.reserved, UInt8(1)) },
      { $0.set(Header.checksum - 1, UInt8(1)) },
      { $0.set($0.entry(1) + Entry.codec, UInt16(2)) },
      {
        $0.set($0.entry(1) + Entry.codec, UInt16(1))
        $0.set($0.entry(1) + Entry.block, UInt32(4096))
        $0.set($0.entry(1) + Entry.filter, UInt8(3))
      },
      { $0.set($0.entry(1) + Entry.flags, UInt32(2)) },
      { $0.set($0.entry(1) + Entry.reserved, UInt64(1)) },
      { $0.bytes[$0.metadata.lowerBound] = 9 },
      { $0.bytes[$0.metadata.lowerBound + 1] = 2 },
      { $0.bytes[$0.metadata.lowerBound + 4] = UInt8(ascii: "q") },
    ]
    for (place, forge) in forgeries.enumerated().dropLast() {
      let text = try refusal(forge)
      #expect(text.contains("newer Needletail"), "\(place): \(text)")
      #expect(text.contains("update"), "\(place): \(text)")
    }
    // A renamed field is a missing one and an unknown one.
    #expect(try refusal(forgeries[forgeries.count - 1]).contains("'backend' is missing"))
  }

  @Test func lyingHeadersAreRefused() throws {
    for value in [0, 1, 4095, 1 << 40, UInt64(Int.max), .max, .max - 4095] as [UInt64] {
      for field in [
        Header.fileSize, Header.metadataOffset, Header.metadataSize, Header.tableOffset,
      ] {
        _ = try refusal(sealing: false) {
          $0.set(field, value)
          $0.sealHeader()
        }
      }
    }
    for count in [0, 1, 2, 4, 1024, 1025, .max] as [UInt32] {
      _ = try refusal(sealing: false) {
        $0.set(Header.sectionCount, count)
        $0.sealHeader()
      }
    }
    let zero = try refusal { $0.set(Header.version, UInt32(0)) }
    #expect(zero.contains("version 0"))
  }

  @Test func lyingEntriesAreRefused() throws {
    for value in [0, 1, 4095, 4096, 1 << 40, UInt64(Int.max), .max, .max - 4095] as [UInt64] {
      for field in [Entry.offset, Entry.raw, Entry.stored] {
        for compress in [false, true] {
          let text = try refusal(compress: compress) { $0.set($0.entry(1) + field, value) }
          #expect(text.contains("section"), "\(text)")
        }
      }
    }
    for size in [0, 3, 7, 65_537, .max] as [UInt32] {
      let text = try refusal { $0.set($0.entry(1) + Entry.elementSize, size) }
      #expect(text.contains("'numbers'"))
    }
  }

  @Test func overlappingAndGappedSectionsAreRefused() throws {
    let overlap = try refusal { $0.set($0.entry(2) + Entry.offset, UInt64(8192)) }
    #expect(overlap.contains("'bytes' begins at byte 8192 instead of"))
    let shift = try refusal { $0.set($0.entry(1) + Entry.offset, UInt64(8200)) }
    #expect(shift.contains("'numbers' begins at byte 8200 instead of 8192"))
    let twins = try refusal { file in
      for place in 0..<48 { file.bytes[file.entry(2) + place] = file.bytes[file.entry(1) + place] }
    }
    #expect(twins.contains("second section has the name 'numbers'"))
  }

  @Test func improperNamesAreRefused() throws {
    for name in [[], [0x41], [0xFF], Array("a b".utf8), Array("a\nb".utf8), [0x61, 0, 0x62]]
      as [[UInt8]]
    {
      let text = try refusal { file in
        let entry = file.entry(1)
        for place in 0..<48 { file.bytes[entry + place] = place < name.count ? name[place] : 0 }
      }
      #expect(text.contains("no proper name"), "\(name)")
    }
  }

  @Test func lyingCodecsAreRefused() throws {
    let forgeries: [(inout ForgedFile, Int) -> Void] = [
      { $0.set($1 + Entry.block, UInt32(0)) },
      { $0.set($1 + Entry.block, UInt32(1)) },
      { $0.set($1 + Entry.block, UInt32(17 << 20)) },
      { $0.set($1 + Entry.width, UInt8(0)) },
      { $0.set($1 + Entry.width, UInt8(3)) },
      { $0.set($1 + Entry.filter, UInt8(0)) },
      { $0.set($1 + Entry.codec, UInt16(0)) },
    ]
    for forge in forgeries {
      let text = try refusal(compress: true) { forge(&$0, $0.entry(1)) }
      #expect(text.contains("'numbers'"), "\(text)")
    }
  }

  @Test func lyingBlocksAreFoundWhenTheyAreRestored() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let index = FakeIndex([FakeSection("n", Sample.growing(200_000))])
    let section = try IndexFile.write(index, to: path, compress: true).sections[0]
    let whole = try ForgedFile(path)
    let end = section.offset + section.storedBytes
    let sizes = end - 4 * 4  // 800,000 bytes are four blocks
    let forgeries: [(inout ForgedFile) -> Void] = [
      { $0.set(sizes, UInt32(0)) },
      { $0.set(sizes, UInt32.max) },
      { $0.set(sizes, UInt32(1)) },
      {
        $0.set(sizes, UInt32(truncatingIfNeeded: $0.number(sizes)) - 1)
        $0.set(sizes + 4, UInt32(truncatingIfNeeded: $0.number(sizes + 4)) + 1)
      },
      { $0.set(section.offset, UInt64.max) },
      { file in for place in section.offset..<sizes { file.bytes[place] = 0xFF } },
      { file in for place in section.offset..<sizes { file.bytes[place] = 0 } },
      { $0.bytes[section.offset + 1_000] ^= 1 },
    ]
    for (place, forge) in forgeries.enumerated() {
      var file = whole
      forge(&file)
      file.set(file.entry(0) + Entry.checksum, Checksum.of(file.bytes[section.offset..<end]))
      file.seal()
      try put(file.bytes, at: path)
      // Every checksum of stored bytes fits, so the file opens.
      let open = try IndexFile.open(path, verification: .full)
      let error = #expect(throws: FileError.self, "\(place)") {
        _ = try open.array("n", of: UInt32.self, count: 200_000)
      }
      #expect(error?.place?.hasPrefix("section 'n', byte ") == true)
      #expect(throws: FileError.self, "\(place)") { try IndexFile.verify(path) }
    }
  }

  @Test func lyingMetadataAreRefused() throws {
    /// The offset of a field's value.
    func value(_ key: String, in file: ForgedFile) -> Int {
      let bytes = Array(file.bytes[file.metadata])
      let found = bytes.indices.first { bytes[$0...].starts(with: key.utf8) } ?? 0
      return file.metadata.lowerBound + found + key.utf8.count
    }
    for number in [0, UInt64(UInt32.max) + 1, 1 << 62, .max] {
      #expect(
        try refusal { $0.set(value("count", in: $0), number) }.contains("count is \(number)")
      )
    }
    #expect(try refusal { $0.set(value("count", in: $0), UInt64(6)) }.contains("5 ids"))
    for number in [0, 1 << 21, .max] as [UInt64] {
      let text = try refusal { $0.set(value("dimension", in: $0), number) }
      #expect(text.contains("dimension is \(number)"))
    }
    let metric = try refusal { $0.bytes[value("metric", in: $0) + 4] = UInt8(ascii: "x") }
    #expect(metric.contains("metric 'xosine'"))
    let control = try refusal { $0.bytes[value("backend", in: $0) + 4] = 0x0A }
    #expect(control.contains("no text"))
    let latin = try refusal { $0.bytes[value("backend", in: $0) + 4] = 0xE9 }
    #expect(latin.contains("no text"))
    for length in [0, 1, 1_000, .max] as [UInt32] {
      _ = try refusal { $0.set(value("parameters", in: $0), length) }
    }
    for length in [0, 65, .max] as [UInt16] {
      _ = try refusal { $0.set($0.metadata.lowerBound + 2, length) }
    }
  }

  @Test func recordsOfLaterVersionsAreIgnoredOnlyIfOptional() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    try IndexFile.write(FakeIndex(attributes: ["entry": 1]), to: path, compress: false)
    let whole = try ForgedFile(path)
    /// The file with one more record, which takes room of the padding.
    func extended(kind: UInt8, flags: UInt8, _ rest: [UInt8]) throws -> String {
      var file = whole
      let record = [kind, flags, 3, 0] + Array("new".utf8) + rest
      let end = file.metadata.upperBound
      file.bytes.replaceSubrange(end..<end + record.count, with: record)
      file.set(Header.metadataSize, UInt64(file.metadata.count + record.count))
      file.seal()
      let changed = folder.path("\(kind)-\(flags).needle")
      try put(file.bytes, at: changed)
      return changed
    }
    let number = [UInt8](repeating: 1, count: 8)
    for (kind, rest) in [(1, [1, 0, 0, 0, 0x61]), (2, number)] as [(UInt8, [UInt8])] {
      let tolerated = try IndexFile.open(extended(kind: kind, flags: 1, rest))
      #expect(tolerated.summary == FakeIndex().summary)
      let refused = try extended(kind: kind, flags: 0, rest)
      let error = #expect(throws: FileError.self) { _ = try IndexFile.open(refused) }
      #expect(error?.reason.contains("the field 'new'") == true)
    }
    let attribute = try IndexFile.open(extended(kind: 3, flags: 0, number))
    #expect(attribute.attributes == ["entry": 1, "new": 0x0101_0101_0101_0101])
  }
}
