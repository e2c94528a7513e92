/// Where the parts of a token store lie in its file.
///
/// Numbers are little-endian; each part begins at a multiple of 8 bytes.
///
/// | part | bytes |
/// | --- | --- |
/// | header | 128, see ``TokenStoreHeader`` |
/// | tokens, text by text | 2 a token where every id of the vocabulary fits, else 4 |
/// | where each text's tokens begin, counted in tokens, and the end of the last | 8 each |
/// | where each id begins, counted in bytes, and the end of the last | 8 each |
/// | ids in UTF-8, one behind the other | |
/// | hash table: rows, `0xFFFFFFFF` where a place is free | 4 a place |
/// | settings as JSON | |
struct TokenStoreLayout: Sendable, Equatable {
  /// One more than the largest token that there may be.
  var vocabularySize = 0
  /// The number of texts.
  var count = 0
  /// The number of tokens of all texts.
  var tokenCount = 0
  /// The size of all ids.
  var idBytes = 0
  /// The places of the hash table, a power of two.
  var slotCount = 0
  /// The size of the settings.
  var settingsBytes = 0

  static let headerSize = 128

  /// The most texts: rows take 32 bits, and one value says that there is none.
  static let countLimit = Int(UInt32.max) - 1
  /// Far beyond any corpus, and far enough from overflow for sums of sizes.
  private static let sizeLimit = 1 << 50
  private static let settingsLimit = 1 << 20

  /// The bytes of a token.
  var tokenWidth: Int { vocabularySize <= 1 << 16 ? 2 : 4 }

  var tokens: Range<Int> { Self.part(after: Self.headerSize, tokenCount * tokenWidth) }
  var tokenOffsets: Range<Int> { Self.part(after: tokens.upperBound, (count + 1) * 8) }
  var idOffsets: Range<Int> { Self.part(after: tokenOffsets.upperBound, (count + 1) * 8) }
  var ids: Range<Int> { Self.part(after: idOffsets.upperBound, idBytes) }
  var slots: Range<Int> { Self.part(after: ids.upperBound, slotCount * 4) }
  var settings: Range<Int> { Self.part(after: slots.upperBound, settingsBytes) }

  /// The size of the whole file.
  var fileSize: Int { settings.upperBound }

  private static func part(after end: Int, _ size: Int) -> Range<Int> {
    let start = (end + 7) & ~7
    return start..<start + size
  }

  /// Whether the numbers can be a store's; only then the parts can be asked for.
  var isPossible: Bool {
    (1...Int(Int32.max)).contains(vocabularySize) && (1...Self.countLimit).contains(count)
      && (0...Self.sizeLimit).contains(tokenCount) && (0...Self.sizeLimit).contains(idBytes)
      && (0...Self.settingsLimit).contains(settingsBytes) && slotCount == Self.slots(for: count)
  }

  /// How many places a hash table of so many rows has: a quarter of them or more stays free.
  static func slots(for count: Int) -> Int {
    var slots = 16
    while slots / 4 * 3 < count { slots *= 2 }
    return slots
  }
}
