import IndexStore
import TestSupport
import Testing
import VectorCore

/// Damage anywhere in a file is found, and named.
@Suite struct CorruptionTests {
  private static func write(_ path: String, compress: Bool) throws -> IndexFileReport {
    let index = FakeIndex(
      ids: try VectorIDs([50, 40, 30, 20, 10]),
      attributes: ["entry": 3, "levels": 2],
      [
        FakeSection("numbers", Sample.growing(5_000)), FakeSection("empty", [Float]()),
        FakeSection("vectors", Sample.vectors(3_001)),
      ]
    )
    return try IndexFile.write(index, to: path, compress: compress)
  }

  @Test(arguments: [false, true])
  func everyFlippedByteIsFound(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let report = try Self.write(path, compress: compress)
    let bytes = try contents(path)
    #expect(report.sections.contains { $0.codec != .raw } == compress)
    let payload = report.sections.map { $0.offset..<$0.offset + $0.storedBytes }
    let file = try OpenBytes(path)
    for (offset, byte) in bytes.enumerated() {
      // Payload by sample; header, metadata, table and padding all.
      if payload.contains(where: { $0.contains(offset) }), offset % 7 != 0 { continue }
      try file.set(offset, to: byte ^ (1 << UInt8(offset % 8)))
      for verification in [IndexFile.Verification.automatic, .full] {
        #expect(throws: FileError.self, "byte \(offset)") {
          _ = try IndexFile.open(path, verification: verification)
        }
      }
      let error = #expect(throws: FileError.self, "byte \(offset)") { try IndexFile.verify(path) }
      #expect(error?.kind == .badData && error?.path == path && error?.remedy != nil)
      if let place = payload.firstIndex(where: { $0.contains(offset) }) {
        let section = report.sections[place]
        #expect(error?.place == "section '\(section.name)', byte \(section.offset)")
      } else if offset >= 4096, offset < payload.last?.upperBound ?? 0 {
        #expect(error?.place == "byte \(offset)", "padding is named to the byte")
      }
      try file.set(offset, to: byte)
    }
    try IndexFile.verify(path)
  }

  @Test(arguments: [false, true])
  func structureAloneNeverTrapsOnDamagedSections(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let report = try Self.write(path, compress: compress)
    let bytes = try contents(path)
    let section = try #require(report.sections.first { $0.name == "numbers" })
    let file = try OpenBytes(path)
    for offset in stride(from: section.offset, to: section.offset + section.storedBytes, by: 3) {
      try file.set(offset, to: bytes[offset] ^ 0xFF)
      let open = try IndexFile.open(path, verification: .structure)
      if compress {
        // Restored sections are checked when they are restored.
        let error = #expect(throws: FileError.self) {
          _ = try open.array("numbers", of: UInt32.self, count: 5_000)
        }
        #expect(error?.place?.contains("numbers") == true)
      } else {
        _ = try open.array("numbers", of: UInt32.self, count: 5_000)
      }
      try file.set(offset, to: bytes[offset])
    }
    // Ids are copied, so they are checked whatever is asked for.
    try file.set(4096, to: bytes[4096] ^ 1)
    #expect(throws: FileError.self) { _ = try IndexFile.open(path, verification: .structure) }
  }

  @Test func everyTruncationIsFound() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let report = try Self.write(path, compress: false)
    let bytes = try contents(path)
    var lengths: Set<Int> = [1, 4, 7, 8, 9, 12, 64, 100, 4087, 4088, 4095, 4096, 4097]
    for section in report.sections {
      let end = section.offset + section.storedBytes
      lengths.formUnion([section.offset, section.offset + 1, end - 1, end, end + 1])
    }
    lengths.formUnion((bytes.count - 700)..<bytes.count)
    for length in lengths.sorted() where length < bytes.count {
      try put(bytes[..<length], at: path)
      let error = #expect(throws: FileError.self) {
        _ = try IndexFile.open(path, verification: .structure)
      }
      #expect(error?.kind == .badData)
      #expect(
        error?.reason.contains("truncated") == true,
        "\(length): \(String(describing: error))"
      )
      #expect(throws: FileError.self) { try IndexFile.verify(path) }
    }
  }

  @Test func trailingBytesAreFound() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    _ = try Self.write(path, compress: false)
    let bytes = try contents(path)
    for extra in [[0], Array(repeating: 0, count: 5_000), bytes] as [[UInt8]] {
      try put(bytes + extra, at: path)
      let error = #expect(throws: FileError.self) {
        _ = try IndexFile.open(path, verification: .structure)
      }
      #expect(error?.place == "byte \(bytes.count)")
      #expect(throws: FileError.self) { try IndexFile.verify(path) }
    }
  }

  @Test func theFirstBadSectionIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let report = try Self.write(path, compress: false)
    var bytes = try contents(path)
    for section in report.sections.dropFirst() where section.storedBytes > 0 {
      bytes[section.offset + 1] ^= 1
    }
    try put(bytes, at: path)
    for threads in [1, 4] {
      let error = #expect(throws: FileError.self) {
        try IndexFile.verify(path, threads: threads)
      }
      #expect(error?.place == "section 'numbers', byte \(report.sections[1].offset)")
    }
  }

  @Test func wrongRequestsAreErrorsThatNameTheSection() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    _ = try Self.write(path, compress: false)
    let file = try IndexFile.open(path)
    for request in [
      { _ = try file.array("numbers", of: UInt32.self, count: 4_999) },
      { _ = try file.array("numbers", of: UInt32.self, count: -1) },
      { _ = try file.array("numbers", of: UInt32.self, count: .max) },
      { _ = try file.array("numbers", of: UInt64.self, count: 2_500) },
      { _ = try file.elementCount("numbers", of: UInt8.self) },
    ] {
      let error = #expect(throws: FileError.self) { try request() }
      #expect(error?.place == "section 'numbers', byte 8192")
      #expect(error?.remedy != nil && error?.kind == .badData)
    }
    let missing = #expect(throws: FileError.self) {
      _ = try file.elementCount("links", of: Int.self)
    }
    #expect(missing?.reason == "the section 'links' is missing")
    #expect(throws: FileError.self) { _ = try file.attribute("entry", in: 0...2) }
    #expect(throws: FileError.self) { _ = try file.attribute("exit", in: 0...2) }
    let own = file.corrupt(section: "numbers", place: "row 3", reason: "node 9 of 5")
    #expect(own.description.hasPrefix("\(path): section 'numbers', row 3: node 9 of 5; "))
  }
}
