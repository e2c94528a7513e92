/// How a section's bytes are stored.
public enum SectionCodec: Sendable, Equatable, CustomStringConvertible {
  /// As they are in memory; such a section is mapped.
  case raw
  /// In LZ4 blocks of `blockBytes` raw bytes each, after a reversible filter.
  case lz4(SectionFilter, blockBytes: Int)

  /// "raw", "lz4", "shuffle4+lz4", "delta4+shuffle4+lz4".
  public var description: String {
    switch self {
    case .raw: "raw"
    case .lz4(let filter, _): filter == .none ? "lz4" : "\(filter)+lz4"
    }
  }
}

/// A reversible rearrangement of a block's bytes that makes them compress better.
public enum SectionFilter: Sendable, Hashable, CustomStringConvertible {
  /// Nothing.
  case none
  /// The first bytes of all elements of `width` bytes, then all second bytes, and so on.
  case shuffle(width: Int)
  /// The wrapping difference of each little-endian element of `width` bytes from the one before
  /// it, then the shuffle.
  case deltaShuffle(width: Int)

  /// "none", "shuffle4", "delta4+shuffle4".
  public var description: String {
    switch self {
    case .none: "none"
    case .shuffle(let width): "shuffle\(width)"
    case .deltaShuffle(let width): "delta\(width)+shuffle\(width)"
    }
  }
}

/// A named part of an index file: an array of elements of one size.
public struct IndexSection: Sendable, Equatable {
  /// The name, unique in the file.
  public let name: String
  /// The size of one element in bytes.
  public let elementSize: Int
  /// How the bytes are stored.
  public let codec: SectionCodec
  /// Where the stored bytes begin in the file, a multiple of 4 KiB.
  public let offset: Int
  /// The size of the elements in memory, in bytes.
  public let rawBytes: Int
  /// The size of the stored bytes in the file, without padding.
  public let storedBytes: Int
  /// XXH3-64 of the stored bytes.
  public let checksum: UInt64
  /// XXH3-64 of the elements in memory: the same whether the section is compressed or not.
  public let rawChecksum: UInt64
  /// Whether a reader that does not know the section may ignore it.
  public let isOptional: Bool

  /// The number of elements.
  public var count: Int { rawBytes / elementSize }

  /// The stored bytes' place in the file.
  var range: Range<Int> { offset..<offset + storedBytes }

  /// The section's place in a message.
  var place: String { "section '\(name)', byte \(offset)" }
}
