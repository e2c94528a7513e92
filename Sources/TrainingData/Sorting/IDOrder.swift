/// The order of ids: decimal integers come first, by their values; all other ids follow in the order
/// of their bytes.
///
/// So a file whose ids are all decimal is in numeric order, one whose ids are names in the order of
/// `LC_ALL=C sort`. Integers may have any number of digits. "7" and "007" are two ids, the shorter
/// first.
enum IDOrder {
  /// A number that orders most ids alone: where ranks differ they decide, where they are equal
  /// ``compare(_:_:)`` does.
  static func rank(_ id: Span<UInt8>) -> UInt64 {
    guard let leading = leadingZeros(id) else {
      var bits: UInt64 = 0
      for place in 0..<8 { bits = bits << 8 | (place < id.count ? UInt64(id[place]) : 0) }
      return 1 << 63 | bits >> 1
    }
    // 18 digits stay below 2⁶⁰, which stands for all longer numbers.
    guard id.count - leading <= 18 else { return 1 << 60 }
    return (leading..<id.count).reduce(0) { $0 * 10 + UInt64(id[$1] - UInt8(ascii: "0")) }
  }

  /// Whether `left` comes before `right` (negative), behind it (positive), or is the same (0).
  static func compare(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    switch (leadingZeros(left), leadingZeros(right)) {
    case (nil, nil): return compareBytes(left, right)
    case (nil, _): return 1
    case (_, nil): return -1
    case (let leftZeros?, let rightZeros?):
      let digits = (left.count - leftZeros) - (right.count - rightZeros)
      if digits != 0 { return digits }
      let values = compareBytes(
        left.extracting(leftZeros..<left.count),
        right.extracting(rightZeros..<right.count)
      )
      return values == 0 ? left.count - right.count : values
    }
  }

  /// How many zeros stand before the first other digit; `nil` where there is no digit or something
  /// else.
  private static func leadingZeros(_ id: Span<UInt8>) -> Int? {
    guard id.count > 0 else { return nil }
    var zeros = 0
    for place in id.indices {
      guard id[place] >= UInt8(ascii: "0"), id[place] <= UInt8(ascii: "9") else { return nil }
      if zeros == place, id[place] == UInt8(ascii: "0") { zeros += 1 }
    }
    return zeros
  }

  private static func compareBytes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    for place in 0..<min(left.count, right.count) where left[place] != right[place] {
      return Int(left[place]) - Int(right[place])
    }
    return left.count - right.count
  }
}
