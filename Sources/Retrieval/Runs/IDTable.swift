/// Ids of queries or documents, numbered in the order in which they first come.
///
/// Runs have millions of lines and few different ids: their bytes are kept once, in one array, and
/// everything else speaks of numbers.
package struct IDTable: Sendable {
  /// All ids, one behind the other.
  private var bytes: [UInt8] = []
  /// Where each id begins, and where the last one ends.
  private var starts: [Int] = [0]
  /// A hash table with open addressing and linear probing, at least half of it free.
  private var slots = [Slot](repeating: Slot(), count: 1 << 10)

  /// A place of the hash table.
  private struct Slot {
    /// The id's ``IDTable/key(_:)``.
    var key: UInt64 = 0
    /// The id's number, or ``free``.
    var number = Slot.free

    static let free = UInt32.max
  }

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
    let key = Self.key(id)
    let place = place(of: id, key)
    if slots[place].number != Slot.free { return slots[place].number }
    let number = UInt32(truncatingIfNeeded: count)
    for index in id.indices { bytes.append(id[index]) }
    starts.append(bytes.count)
    slots[place] = Slot(key: key, number: number)
    if count * 2 > slots.count { grow() }
    return number
  }

  /// The number of an id, or `nil` where it is not in the table.
  package func find(_ id: Span<UInt8>) -> UInt32? {
    let number = slots[place(of: id, Self.key(id))].number
    return number == Slot.free ? nil : number
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
  private func place(of id: Span<UInt8>, _ key: UInt64) -> Int {
    var place = Self.home(of: key, slots.count)
    while slots[place].number != Slot.free {
      if slots[place].key == key, Self.isWhole(key) || isEqual(slots[place].number, id) {
        return place
      }
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Slot(), count: old.count * 2)
    for slot in old where slot.number != Slot.free {
      var place = Self.home(of: slot.key, slots.count)
      while slots[place].number != Slot.free { place = (place + 1) & (slots.count - 1) }
      slots[place] = slot
    }
  }

  /// Ids up to this many bytes are their own keys.
  private static let longestWhole = 7
  private static let notWhole: UInt64 = 0xFF

  /// The bytes of a short id and how many they are; of a longer one, a hash.
  ///
  /// Short keys tell ids without a look elsewhere in memory, and passages of MS MARCO have numbers
  /// of at most seven digits.
  private static func key(_ id: Span<UInt8>) -> UInt64 {
    guard id.count > longestWhole else {
      return word(id, 0..<id.count) << 8 | UInt64(truncatingIfNeeded: id.count)
    }
    var hash = UInt64(truncatingIfNeeded: id.count)
    for start in stride(from: 0, to: id.count, by: 8) {
      hash = mixed(hash ^ word(id, start..<min(start + 8, id.count)))
    }
    return hash | notWhole
  }

  private static func isWhole(_ key: UInt64) -> Bool { key & notWhole != notWhole }

  private static func word(_ id: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    var word: UInt64 = 0
    for index in range { word = word << 8 | UInt64(id[index]) }
    return word
  }

  /// Where the search for a key begins in a table of a power of two places.
  private static func home(of key: UInt64, _ count: Int) -> Int {
    Int(truncatingIfNeeded: mixed(key)) & (count - 1)
  }

  /// Spreads a number over all bits: the product with an odd one, its high half folded back.
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }
}
