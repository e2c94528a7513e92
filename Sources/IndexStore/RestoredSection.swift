internal import VectorCore

/// A section's bytes as they are in memory, and what keeps them alive.
// @unchecked Sendable because the bytes never change once the section is there.
@safe
final class RestoredSection: @unchecked Sendable {
  let bytes: UnsafeRawBufferPointer
  private let owner: any AnyObject & Sendable

  /// Views a raw section in the mapping, or restores a compressed one and checks it.
  init(
    _ section: IndexSection,
    _ mapping: FileMapping,
    _ faults: FileFaults,
    threads: Int
  ) throws {
    guard section.rawBytes > 0 else {
      unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      owner = mapping
      return
    }
    let stored = unsafe UnsafeRawBufferPointer(rebasing: mapping.bytes[section.range])
    guard case .lz4(let filter, _) = section.codec else {
      unsafe bytes = stored
      owner = mapping
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

/// Memory on the heap, aligned for every element.
// @unchecked Sendable because threads that write to it write to separate parts.
@safe
final class HeapBytes: @unchecked Sendable {
  private let buffer: UnsafeMutableRawBufferPointer

  init(_ count: Int) {
    unsafe buffer = .allocate(byteCount: count, alignment: FileHeader.page)
  }

  deinit { unsafe buffer.deallocate() }

  var count: Int { unsafe buffer.count }

  func part(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[range])
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
