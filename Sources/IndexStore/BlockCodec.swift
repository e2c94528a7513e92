internal import CLZ4
internal import VectorCore

// A compressed section is its blocks, one after the other, then one 32-bit stored size per block.
// Blocks are independent, so that several threads can work and nobody holds more than a block
// beside the section. The sizes come last because they are known last.

/// Compresses and restores sections.
enum BlockCodec {
  /// The size of a block before compression; large enough for LZ4's window of 64 KiB, and for
  /// planes of four bytes, small enough for a CPU's second-level cache.
  static let blockBytes = 256 << 10
  /// LZ4's high-compression level; restoring costs the same for every level.
  private static let level: Int32 = 9
  /// Marks a block that LZ4 would enlarge: its filtered bytes are stored as they are.
  private static let plainFlag: UInt32 = 1 << 31
  /// How many blocks of a section are tried before the section is compressed.
  private static let sampleBlocks = 8

  static func blockCount(_ rawBytes: Int, _ blockBytes: Int) -> Int {
    rawBytes / blockBytes + (rawBytes % blockBytes == 0 ? 0 : 1)
  }

  /// Whether compression saves enough to give up mapping: 3 % and a page.
  static func pays(raw: Int, stored: Int) -> Bool {
    stored.paged < raw.paged && Double(stored) <= 0.97 * Double(raw)
  }

  /// The filter that makes a sample smallest, or `nil` where even that does not pay.
  static func choose(_ bytes: UnsafeRawBufferPointer, elementSize: Int) -> SectionCodec? {
    let block = blockBytes / elementSize * elementSize
    guard block > 0, bytes.count > FileHeader.page else { return nil }
    let blocks = blockCount(bytes.count, block)
    let step = max(1, blocks / sampleBlocks)
    let sample = stride(from: 0, to: blocks, by: step).prefix(sampleBlocks).map {
      $0 * block..<min(($0 + 1) * block, bytes.count)
    }
    let sampled = sample.reduce(0) { $0 + $1.count }
    var best: (filter: SectionFilter, size: Int)?
    let scratch = Scratch(block)
    for filter in SectionFilter.candidates(elementSize: elementSize) {
      let size = sample.reduce(0) { sum, range in
        let raw = unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
        return sum + (unsafe scratch.compress(raw, filter).count)
      }
      if best.map({ size < $0.size }) ?? true { best = (filter, size) }
    }
    guard let best, Double(best.size) <= 0.97 * Double(sampled) else { return nil }
    return .lz4(best.filter, blockBytes: block)
  }

  /// Compresses `bytes` and hands out the stored bytes in order.
  static func compress(
    _ bytes: UnsafeRawBufferPointer,
    filter: SectionFilter,
    blockBytes: Int,
    threads: Int,
    emit: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let blocks = blockCount(bytes.count, blockBytes)
    let slots = (0..<min(blocks, threads * 4)).map { _ in Scratch(blockBytes) }
    let source = unsafe SharedBytes(bytes)
    var sizes = ByteWriter()
    for first in stride(from: 0, to: blocks, by: max(1, slots.count)) {
      let batch = min(slots.count, blocks - first)
      parallelFor(batch, chunk: 1, threads: threads) { _, range in
        for slot in range {
          let start = (first + slot) * blockBytes
          let end = min(start + blockBytes, source.count)
          unsafe slots[slot].keep(source.bytes(start..<end), filter)
        }
      }
      for slot in slots[..<batch] {
        let (stored, isPlain) = unsafe slot.kept
        try unsafe emit(stored)
        sizes.append(UInt32(stored.count) | (isPlain ? plainFlag : 0))
      }
    }
    try unsafe sizes.bytes.withUnsafeBytes { try unsafe emit($0) }
  }

  /// The place of each block within the stored bytes, or `nil` where the sizes make no sense.
  ///
  /// - Parameters:
  ///   - trailer: the stored sizes, which close the section.
  ///   - section: the section, whose codec is LZ4.
  /// - Returns: the blocks in order.
  static func blocks(
    trailer: [UInt8],
    of section: IndexSection
  ) -> [Block]? {
    guard case .lz4(_, let blockBytes) = section.codec else { return nil }
    var reader = ByteReader(trailer)
    var blocks: [Block] = []
    var stored = 0
    var raw = 0
    while let word = reader.read(UInt32.self) {
      let size = Int(word & ~plainFlag)
      let rawSize = min(blockBytes, section.rawBytes - raw)
      let isPlain = word & plainFlag != 0
      guard size > 0, isPlain ? size == rawSize : size < rawSize else { return nil }
      blocks.append(
        Block(stored: stored..<stored + size, raw: raw..<raw + rawSize, isPlain: isPlain)
      )
      stored += size
      raw += rawSize
    }
    guard raw == section.rawBytes, stored + trailer.count == section.storedBytes else { return nil }
    return blocks
  }

  /// The size of the sizes at the end of a compressed section.
  static func trailerSize(of section: IndexSection) -> Int {
    guard case .lz4(_, let blockBytes) = section.codec else { return 0 }
    return 4 * blockCount(section.rawBytes, blockBytes)
  }

  /// Restores one block; `false` where its bytes are no LZ4 block of that size.
  static func restore(
    _ stored: UnsafeRawBufferPointer,
    isPlain: Bool,
    filter: SectionFilter,
    into target: UnsafeMutableRawBufferPointer,
    scratch: UnsafeMutableRawBufferPointer
  ) -> Bool {
    if isPlain {
      unsafe filter.undo(stored, to: target)
      return true
    }
    let direct = filter == .none
    let place =
      unsafe direct ? target : UnsafeMutableRawBufferPointer(rebasing: scratch[..<target.count])
    let size = unsafe LZ4_decompress_safe(
      stored.baseAddress?.assumingMemoryBound(to: CChar.self),
      place.baseAddress?.assumingMemoryBound(to: CChar.self),
      Int32(stored.count),
      Int32(place.count)
    )
    guard size == place.count else { return false }
    if !direct { unsafe filter.undo(UnsafeRawBufferPointer(place), to: target) }
    return true
  }

  /// A block's places in the stored bytes and in memory.
  struct Block: Sendable {
    let stored: Range<Int>
    let raw: Range<Int>
    let isPlain: Bool
  }

  /// Memory for compressing a block.
  // @unchecked Sendable because one worker uses a scratch at a time.
  @safe
  private final class Scratch: @unchecked Sendable {
    private let filtered: UnsafeMutableRawBufferPointer
    private let packed: UnsafeMutableRawBufferPointer
    private var result: (stored: UnsafeRawBufferPointer, isPlain: Bool)

    init(_ blockBytes: Int) {
      unsafe filtered = .allocate(byteCount: blockBytes, alignment: 64)
      unsafe packed = .allocate(byteCount: blockBytes, alignment: 64)
      unsafe result = (UnsafeRawBufferPointer(filtered), true)
    }

    deinit {
      unsafe filtered.deallocate()
      unsafe packed.deallocate()
    }

    /// The outcome of the last ``keep(_:_:)``.
    var kept: (stored: UnsafeRawBufferPointer, isPlain: Bool) { unsafe result }

    func keep(_ raw: UnsafeRawBufferPointer, _ filter: SectionFilter) {
      let stored = unsafe compress(raw, filter)
      unsafe result = (stored, stored.count == raw.count)
    }

    /// The block filtered and compressed, or only filtered where that is no larger.
    func compress(
      _ raw: UnsafeRawBufferPointer,
      _ filter: SectionFilter
    ) -> UnsafeRawBufferPointer {
      let plain = unsafe UnsafeMutableRawBufferPointer(rebasing: filtered[..<raw.count])
      unsafe filter.apply(raw, to: plain)
      // A target one byte short makes LZ4 give up where it would save nothing.
      let size = unsafe LZ4_compress_HC(
        plain.baseAddress?.assumingMemoryBound(to: CChar.self),
        packed.baseAddress?.assumingMemoryBound(to: CChar.self),
        Int32(plain.count),
        Int32(plain.count - 1),
        level
      )
      guard size > 0 else { return UnsafeRawBufferPointer(plain) }
      return unsafe UnsafeRawBufferPointer(rebasing: packed[..<Int(size)])
    }
  }
}

/// Bytes that several threads read.
// @unchecked Sendable because nobody writes to them while this value exists.
@safe
struct SharedBytes: @unchecked Sendable {
  private let buffer: UnsafeRawBufferPointer

  init(_ buffer: UnsafeRawBufferPointer) { unsafe self.buffer = buffer }

  var count: Int { unsafe buffer.count }

  func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: buffer[range])
  }
}
