import IndexStore
import TestSupport
import Testing
import VectorCore

@Suite struct ChecksumTests {
  /// Sizes around those of the pieces that are read.
  @Test(arguments: [0, 1, 1 << 20, 1 << 20 + 1, 3 << 20 - 1])
  func aFileHasTheChecksumOfItsBytes(size: Int) throws {
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 ^ $0 >> 7) }
    let folder = try TemporaryFolder()
    let path = try folder.file("a", bytes)
    #expect(try Checksum.of(fileAt: path) == Checksum.of(bytes))
  }

  @Test func aMissingFileIsNamed() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FileError.self) { try Checksum.of(fileAt: folder.path("none")) }
    #expect(error?.kind == .missingInput)
  }
}
