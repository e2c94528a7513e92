import IndexStore
import TestSupport
import Testing
import VectorCore

/// Which sections are compressed, and how.
@Suite struct CompressionTests {
  private func report(_ sections: [FakeSection]) throws -> (IndexFileReport, IndexFile) {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let report = try IndexFile.write(FakeIndex(sections), to: path, compress: true)
    return (report, try IndexFile.open(path))
  }

  @Test func theFilterFollowsTheData() throws {
    let text = (0..<40_000).flatMap { Array("row \($0 % 100);".utf8) }
    let (report, _) = try report([
      FakeSection("growing", Sample.growing(100_000)),
      FakeSection("vectors", Sample.vectors(100_000)),
      FakeSection("text", text),
      FakeSection.streamed("blob", [Sample.vectors(100_000).flatMap { bytes(of: $0) }]),
    ])
    #expect(
      report.sections.map(\.codec.description)
        == ["delta4+shuffle4+lz4", "shuffle4+lz4", "lz4", "shuffle4+lz4"]
    )
    #expect(report.sections.allSatisfy { $0.storedBytes < $0.rawBytes * 6 / 10 })
    let saved = report.sections.reduce(0) { $0 + $1.rawBytes - $1.storedBytes }
    #expect(abs(report.savedBytes - saved) <= 4096 * report.sections.count)
    #expect(report.uncompressedFileBytes == report.fileBytes + report.savedBytes)
  }

  @Test func whatDoesNotPayStaysRawAndMapped() throws {
    // Compresses by 2 %, which is less than it is worth.
    let nearly = Sample.noise(980_000) + [UInt8](repeating: 0, count: 20_000)
    let (report, file) = try report([
      FakeSection("noise", Sample.noise(400_000)),
      FakeSection("nearly", nearly),
      FakeSection("tiny", [UInt8](repeating: 0, count: 4096)),
    ])
    #expect(report.sections.allSatisfy { $0.codec == .raw })
    #expect(report.savedBytes == 0)
    #expect(file.memory == MemoryNeed(mappedBytes: 1_404_096, restoredBytes: 0, idBytes: 0))
    #expect(try file.array("nearly", of: UInt8.self, count: 1_000_000) == SharedArray(nearly))
  }

  @Test func aMisleadingSampleIsTakenBack() throws {
    // Only every eighth block is tried; here those compress, and nothing else does.
    let block = 256 << 10
    var bytes = Sample.noise(64 * block)
    for place in stride(from: 0, to: 64, by: 8) {
      let end = (place + 1) * block
      bytes.replaceSubrange(end - block / 20..<end, with: repeatElement(0, count: block / 20))
    }
    let folder = try TemporaryFolder()
    let index = FakeIndex([FakeSection("bytes", bytes), FakeSection("after", [UInt8](1...9))])
    let plain = try IndexFile.write(index, to: folder.path("plain"), compress: false)
    let packed = try IndexFile.write(index, to: folder.path("packed"), compress: true)
    #expect(plain.sections == packed.sections)
    #expect(try contents(folder.path("plain")) == contents(folder.path("packed")))
  }

  @Test func blocksOfEverySizeSurvive() throws {
    let block = 256 << 10
    for count in [block - 1, block, block + 1, 3 * block - 7] {
      // Half of the blocks are noise, which is stored as it is.
      var bytes = [UInt8](repeating: 3, count: count)
      bytes.replaceSubrange(0..<count / 4, with: Sample.noise(count / 4))
      let (report, file) = try report([FakeSection("bytes", bytes)])
      #expect(report.sections[0].codec != .raw)
      #expect(try file.array("bytes", of: UInt8.self, count: count) == SharedArray(bytes))
    }
  }

  @Test func restoredSectionsAreSharedWhileSomebodyHoldsThem() throws {
    let (_, file) = try report([FakeSection("n", Sample.growing(100_000))])
    func address(_ array: SharedArray<UInt32>) -> UInt {
      unsafe array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
    }
    let first = try file.array("n", of: UInt32.self, count: 100_000)
    let second = try file.array("n", of: UInt32.self, count: 100_000)
    #expect(address(first) == address(second))
    #expect(file.memory == MemoryNeed(mappedBytes: 0, restoredBytes: 400_000, idBytes: 0))
  }

  @Test func bothFormsHaveTheSameRawChecksums() throws {
    let folder = try TemporaryFolder()
    let index = FakeIndex([FakeSection("n", Sample.growing(100_000))])
    let plain = try IndexFile.write(index, to: folder.path("plain"), compress: false)
    let packed = try IndexFile.write(index, to: folder.path("packed"), compress: true)
    #expect(plain.sections.map(\.rawChecksum) == packed.sections.map(\.rawChecksum))
    #expect(plain.sections.map(\.checksum) != packed.sections.map(\.checksum))
  }

  private func bytes(of value: Float) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
  }
}
