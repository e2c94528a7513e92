/// Ids of queries or documents, numbered in the order in which they first come.
///
/// Runs have millions of lines and few different ids: their bytes are kept once, in one array, and
/// everything else speaks of numbers.
package struct IDTable: Sendable {
  /// All ids, one behind the other.
  private var bytes: [UInt8] = []
  /// Where each id begins, and where the last one ends.
  private var starts: [Int] = [0]
  /// The places of a hash table with open addressing and linear probing, at least half of them free.
  ///
  /// The upper half of a place holds bits of the hash, the lower the number plus one; zero is free.
  private var slots = [UInt64](repeating: 0, count: 1 << 10)

  /// An empty table.
  package init() {}

  /// How many different ids there are.
  package var count: Int { starts.count - 1 }

  /// The id with a number.
  package subscript(number: UInt32) -> String {
    String(decoding: bytes[range(number)], as: UTF8.self)
  }

  /// The number of an id, which is added where it is new.
  ///
  /// - Complexity: O(length), amortized.
  package mutating func insert(_ id: Span<UInt8>) -> UInt32 {
    let hash = Self.hash(id)
    let place = slot(of: id, hash)
    if let known = Self.number(in: slots[place]) { return known }
    let number = UInt32(truncatingIfNeeded: count)
    for index in id.indices { bytes.append(id[index]) }
    starts.append(bytes.count)
    slots[place] = Self.entry(hash, number)
    if count * 2 > slots.count { grow() }
    return number
  }

  /// The number of an id, or `nil` where it is not in the table.
  package func find(_ id: Span<UInt8>) -> UInt32? {
    Self.number(in: slots[slot(of: id, Self.hash(id))])
  }

  /// For each id of another table its number here, or `nil`.
  package func numbers(of other: IDTable) -> [UInt32?] {
    let all = other.bytes.span
    return (0..<UInt32(truncatingIfNeeded: other.count)).map { number in
      find(all.extracting(other.range(number)))
    }
  }

  /// Whether one id comes before another in the order of their bytes.
  package func precedes(_ left: UInt32, _ right: UInt32) -> Bool {
    bytes[range(left)].lexicographicallyPrecedes(bytes[range(right)])
  }

  /// Whether the id with a number consists of these bytes.
  package func isEqual(_ number: UInt32, _ id: Span<UInt8>) -> Bool {
    let range = range(number)
    guard range.count == id.count else { return false }
    for index in id.indices where bytes[range.lowerBound + index] != id[index] { return false }
    return true
  }

  private func range(_ number: UInt32) -> Range<Int> {
    starts[Int(number)]..<starts[Int(number) + 1]
  }

  /// The place that holds the id, or the free one where it belongs.
  private func slot(of id: Span<UInt8>, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while let number = Self.number(in: slots[place]) {
      if slots[place] == Self.entry(hash, number), isEqual(number, id) { return place }
      place = (place + 1) & mask
    }
    return place
  }

  private mutating func grow() {
    slots = places(count: slots.count * 2)
  }

  /// All ids in a new array of places.
  private func places(count length: Int) -> [UInt64] {
    var places = [UInt64](repeating: 0, count: length)
    let all = bytes.span
    for number in 0..<UInt32(truncatingIfNeeded: count) {
      let hash = Self.hash(all.extracting(range(number)))
      var place = Int(truncatingIfNeeded: hash) & (length - 1)
      while places[place] != 0 { place = (place + 1) & (length - 1) }
      places[place] = Self.entry(hash, number)
    }
    return places
  }

  private static func number(in entry: UInt64) -> UInt32? {
    entry == 0 ? nil : UInt32(truncatingIfNeeded: entry) &- 1
  }

  private static func entry(_ hash: UInt64, _ number: UInt32) -> UInt64 {
    hash & 0xFFFF_FFFF_0000_0000 | UInt64(number &+ 1)
  }

  /// Eight bytes at a time, each mixed by a multiplication with an odd number whose high half is
  /// folded back: ids are short and alike.
  private static func hash(_ id: Span<UInt8>) -> UInt64 {
    var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: id.count)
    var index = 0
    while index < id.count {
      var word: UInt64 = 0
      for offset in index..<min(index + 8, id.count) { word = word << 8 | UInt64(id[offset]) }
      let product = (hash ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      hash = product.high ^ product.low
      index += 8
    }
    return hash ^ (hash >> 32)
  }
}
