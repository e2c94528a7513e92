/// SentencePiece's normalization: a map from character sequences to their replacements, as Hugging
/// Face's `Precompiled` applies it.
///
/// The map is a double array in the layout of S. Yata's darts-clone, followed by the replacements,
/// each ended by a NUL. Hugging Face looks a whole grapheme cluster of fewer than six bytes up first
/// and takes the *shortest* entry that begins it; otherwise each character is looked up by itself.
/// This differs from SentencePiece, which takes the longest entry at every place; models in use were
/// fed by either.
struct CharacterMap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]

  /// Longer clusters are not looked up whole.
  private static let longestCluster = 5

  /// Reads a map; `nil` where the sizes do not fit or the replacements are no UTF-8.
  ///
  /// - Parameter blob: the `precompiled_charsmap` of a SentencePiece model.
  init?(_ blob: [UInt8]) {
    guard let size = Self.unit(blob, at: 0), size % 4 == 0, size > 0,
      Int(size) <= blob.count - 4
    else { return nil }
    units = stride(from: 4, to: 4 + Int(size), by: 4).compactMap { Self.unit(blob, at: $0) }
    replacements = Array(blob[(4 + Int(size))...])
    guard (try? UTF8Span(validating: replacements.span)) != nil else { return nil }
  }

  private static func unit(_ blob: [UInt8], at place: Int) -> UInt32? {
    guard place + 4 <= blob.count else { return nil }
    return (0..<4).reduce(0) { $0 | UInt32(blob[place + $1]) << UInt32(8 * $1) }
  }

  /// Appends the normalized text.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - output: gets valid UTF-8.
  func normalize(_ text: Span<UInt8>, into output: inout [UInt8]) {
    var place = 0
    while place < text.count {
      // Between two ASCII characters clusters always end, but for CR LF.
      let isLast = place + 1 == text.count
      if text[place] < 0x80, isLast || (text[place + 1] < 0x80 && text[place] != 0x0D) {
        replace(text, place..<place + 1, into: &output)
        place += 1
      } else {
        let end = endOfStretch(text, from: place)
        normalizeClusters(text, place..<end, into: &output)
        place = end
      }
    }
  }

  /// Where a stretch ends whose clusters depend on nothing outside of it.
  private func endOfStretch(_ text: Span<UInt8>, from start: Int) -> Int {
    var end = start + 1
    while end < text.count, text[end - 1] >= 0x80 || text[end] >= 0x80 || text[end - 1] == 0x0D {
      end += 1
    }
    return end
  }

  private func normalizeClusters(
    _ text: Span<UInt8>,
    _ range: Range<Int>,
    into output: inout [UInt8]
  ) {
    var bytes: [UInt8] = []
    bytes.append(text, in: range)
    var place = range.lowerBound
    for cluster in String(decoding: bytes, as: UTF8.self) {
      let end = place + cluster.utf8.count
      if cluster.utf8.count <= Self.longestCluster, let entry = entry(text, place..<end) {
        appendReplacement(entry, to: &output)
      } else {
        var start = place
        while start < end {
          let next = start + text.scalar(at: start).length
          replace(text, start..<next, into: &output)
          start = next
        }
      }
      place = end
    }
  }

  private func replace(_ text: Span<UInt8>, _ range: Range<Int>, into output: inout [UInt8]) {
    if let entry = entry(text, range) {
      appendReplacement(entry, to: &output)
    } else {
      output.append(text, in: range)
    }
  }

  private func appendReplacement(_ start: Int, to output: inout [UInt8]) {
    var place = start
    while place < replacements.count, replacements[place] != 0 {
      output.append(replacements[place])
      place += 1
    }
  }

  /// Where the replacement of the shortest entry begins that is a prefix of a part of the text.
  private func entry(_ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var node = Self.offset(units[0])
    for place in range {
      let byte = text[place]
      guard byte != 0 else { return nil }
      node ^= Int(byte)
      guard node < units.count else { return nil }
      let unit = units[node]
      // A unit that holds a value has the top bit set, and so is nobody's child.
      guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
      node ^= Self.offset(unit)
      guard node < units.count else { return nil }
      guard unit & 0x100 != 0 else { continue }
      let start = Int(units[node] & 0x7FFF_FFFF)
      // A broken map must not cut a character in two.
      return start < replacements.count && replacements[start] & 0xC0 != 0x80 ? start : nil
    }
    return nil
  }

  private static func offset(_ unit: UInt32) -> Int {
    Int((unit >> 10) << ((unit & 0x200) >> 6))
  }
}
