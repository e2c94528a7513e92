extension Span<UInt8> {
  /// Where the first tab at or behind a place is.
  func firstTab(from start: Int) -> Int? { firstIndex(of: UInt8(ascii: "\t"), from: start) }

  /// Where the first `byte` at or behind a place is.
  func firstIndex(of byte: UInt8, from start: Int) -> Int? {
    var place = start
    while place < count {
      if self[place] == byte { return place }
      place += 1
    }
    return nil
  }

  /// Whether the bytes are the same as others.
  func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for place in indices where self[place] != other[place] { return false }
    return true
  }
}
