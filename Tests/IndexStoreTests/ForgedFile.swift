import Foundation
import IndexStore

/// An index file's bytes with the offsets of `docs/file-format.md`, to be changed and sealed again
/// with checksums that fit.
struct ForgedFile {
  var bytes: [UInt8]

  enum Header {
    static let version = 8
    static let sectionCount = 12
    static let fileSize = 16
    static let metadataOffset = 24
    static let metadataSize = 32
    static let metadataChecksum = 40
    static let tableOffset = 48
    static let tableChecksum = 56
    static let reserved = 64
    static let checksum = 4088
  }
  enum Entry {
    static let size = 128
    static let codec = 48
    static let filter = 50
    static let width = 51
    static let block = 52
    static let elementSize = 56
    static let flags = 60
    static let offset = 64
    static let raw = 72
    static let stored = 80
    static let checksum = 88
    static let rawChecksum = 96
    static let reserved = 104
  }

  init(_ path: String) throws { bytes = try contents(path) }

  func number(_ offset: Int) -> Int {
    (0..<8).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  mutating func set<Number: FixedWidthInteger>(_ offset: Int, _ value: Number) {
    for place in 0..<MemoryLayout<Number>.size {
      bytes[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * place))
    }
  }

  var metadata: Range<Int> {
    let start = number(Header.metadataOffset)
    return start..<start + number(Header.metadataSize)
  }

  /// The offset of a section's entry in the table.
  func entry(_ index: Int) -> Int { number(Header.tableOffset) + index * Entry.size }

  /// Makes the checksums of metadata, table and header fit what stands there now.
  mutating func seal() {
    let table = number(Header.tableOffset)
    if metadata.upperBound <= bytes.count, table <= bytes.count {
      set(Header.metadataChecksum, Checksum.of(bytes[metadata]))
      set(Header.tableChecksum, Checksum.of(bytes[table...]))
    }
    sealHeader()
  }

  mutating func sealHeader() { set(Header.checksum, Checksum.of(bytes[..<Header.checksum])) }
}
