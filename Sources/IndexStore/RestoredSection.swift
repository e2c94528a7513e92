internal import VectorCore

/// A section's bytes as they are in memory, and what keeps them alive.
// @unchecked Sendable because the bytes never change once the section is there.
@safe
final class RestoredSection: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let owner: any AnyObject & Sendable

  /// Views a raw section in the mapping, or restores a compressed one.
  ///
  /// With `loads` a raw section is copied. What is in memory is checked.
  init(
    _ section: IndexSection,
    _ mapping: FileMapping,
    _ faults: FileFaults,
    loads: Bool = false,
    threads: Int
  ) throws {
    guard section.rawBytes > 0 else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      owner = mapping
      return
    }
    let stored = unsafe UnsafeRawBufferPointer(rebasing: mapping.bytes[section.range])
    guard case .lz4(let filter, _) = section.codec else {
      let copy = unsafe loads ? HeapBytes(copying: stored, threads: threads) : nil
      unsafe bytes = copy.map { unsafe UnsafeRawBufferPointer($0.part(0..<$0.count)) } ?? stored
      owner = copy ?? mapping
      guard loads else { return }
      guard unsafe Checksum.of(bytes) == section.rawChecksum else {
        throw faults.checksum(of: section)
      }
      mapping.release(section.range)
      return
    }
    let trailer = unsafe Array(stored.suffix(BlockCodec.trailerSize(of: section)))
    guard let blocks = BlockCodec.blocks(trailer: trailer, of: section) else {
      throw faults.corrupt(section.place, "the sizes of the compressed blocks do not add up")
    }
    let memory = HeapBytes(section.rawBytes)
    let source = unsafe SharedBytes(stored)
    try parallelFor(blocks.count, chunk: 16, threads: threads) { _, range in
      let scratch = HeapBytes(blocks[range.lowerBound].raw.count)
      for block in blocks[range] {
        let isWhole = unsafe BlockCodec.restore(
          source.bytes(block.stored),
          isPlain: block.isPlain,
          filter: filter,
          into: memory.part(block.raw),
          scratch: scratch.part(0..<scratch.count)
        )
        guard isWhole else { throw faults.block(block, of: section) }
      }
    }
    unsafe bytes = UnsafeRawBufferPointer(memory.part(0..<memory.count))
    owner = memory
    guard unsafe Checksum.of(bytes) == section.rawChecksum else {
      throw faults.checksum(of: section)
    }
    mapping.release(section.range)
  }
}

/// Memory on the heap, aligned for every element, in huge pages where the system grants them.
///
/// Threads that write to it write to separate parts.
final class HeapBytes: Sendable {
  private let memory: MutableMemory<UInt8>

  init(_ count: Int) { memory = MutableMemory(count: count) }

  init(copying bytes: UnsafeRawBufferPointer, threads: Int) {
    memory = MutableMemory(count: bytes.count)
    let source = unsafe SharedBytes(bytes)
    parallelFor(count, chunk: 1 << 24, threads: threads) { _, range in
      unsafe part(range).copyMemory(from: source.bytes(range))
    }
  }

  var count: Int { unsafe memory.elements.count }

  func part(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    let bytes = unsafe UnsafeMutableRawBufferPointer(memory.elements)
    return unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
  }
}

extension FileFaults {
  /// A section whose bytes are not those that were written.
  func checksum(of section: IndexSection) -> FileError {
    corrupt(section.place, "the checksum of its \(section.storedBytes) bytes does not fit")
  }

  /// A compressed block that cannot be restored.
  func block(_ block: BlockCodec.Block, of section: IndexSection) -> FileError {
    corrupt(
      "section '\(section.name)', byte \(section.offset + block.stored.lowerBound)",
      "the compressed block here is corrupt"
    )
  }
}
