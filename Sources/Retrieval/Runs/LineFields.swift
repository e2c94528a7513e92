/// The fields of a line: what stands between blanks and tabs, any number of them.
struct LineFields {
  /// How many fields there are.
  private(set) var count = 0
  private var ranges: [Range<Int>] = []

  /// More fields than any format has are counted, not kept.
  private static let kept = 8

  /// Cuts a line.
  mutating func cut(_ line: Span<UInt8>) {
    count = 0
    ranges.removeAll(keepingCapacity: true)
    var index = 0
    while index < line.count {
      while index < line.count, Self.isBlank(line[index]) { index += 1 }
      let start = index
      while index < line.count, !Self.isBlank(line[index]) { index += 1 }
      guard index > start else { return }
      count += 1
      if count <= Self.kept { ranges.append(start..<index) }
    }
  }

  /// Where a field stands in its line.
  subscript(number: Int) -> Range<Int> { ranges[number] }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
