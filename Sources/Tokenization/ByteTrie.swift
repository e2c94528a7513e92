/// A set of byte strings with a number each, as a double-array trie.
///
/// One lookup costs one step per byte, and a walk finds all prefixes of a text on its way, which is
/// what longest-match and Viterbi segmentation need. The layout is that of J. Aoe, "An efficient
/// digital search algorithm by using a double-array structure", IEEE TSE 15(9), 1989,
/// doi:10.1109/32.31365: the child of node `s` for byte `b` is slot `base[s] + b`, if that slot's
/// `check` is `s`.
struct ByteTrie: Sendable {
  /// The node where every walk starts.
  static let root: Int32 = 0

  /// One slot of the double array; a free one has a negative check.
  struct Slot: Sendable {
    var base: Int32 = 0
    var check: Int32 = -1
    var value: Int32 = -1
  }

  private let slots: [Slot]

  /// Builds a trie whose value for `keys[i]` is `values[i]`; of equal keys the last one counts.
  ///
  /// - Parameters:
  ///   - keys: any bytes; an empty key is left out.
  ///   - values: not negative, one for each key.
  /// - Complexity: O(total bytes) and the search for free slots, in practice linear.
  init(keys: [[UInt8]], values: [Int32]) {
    var builder = ByteTrieBuilder(keys: keys, values: values)
    slots = builder.build()
  }

  /// The child of a node for a byte, or -1.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32 {
    let next = Int(slots[Int(node)].base &+ Int32(byte))
    guard next < slots.count, slots[next].check == node else { return -1 }
    return Int32(truncatingIfNeeded: next)
  }

  /// The value of the key that ends at a node, or -1.
  @inline(__always)
  func value(at node: Int32) -> Int32 { slots[Int(node)].value }

  /// The node that some bytes lead to from the root, or -1.
  func node(of key: some Sequence<UInt8>) -> Int32 {
    var node = Self.root
    for byte in key {
      node = child(of: node, byte)
      guard node >= 0 else { return -1 }
    }
    return node
  }

  /// The value of a key; `nil` where it is not in the set.
  func value(of key: some Sequence<UInt8>) -> Int32? { held(at: node(of: key)) }

  /// The value of a part of a text; `nil` where it is not in the set.
  func value(of text: Span<UInt8>, in range: Range<Int>) -> Int32? {
    var node = Self.root
    for place in range {
      node = child(of: node, text[place])
      guard node >= 0 else { return nil }
    }
    return held(at: node)
  }

  private func held(at node: Int32) -> Int32? {
    guard node > Self.root, value(at: node) >= 0 else { return nil }
    return value(at: node)
  }
}

/// Places the nodes of a ``ByteTrie``.
struct ByteTrieBuilder {
  private let keys: [[UInt8]]
  private let values: [Int32]
  /// Indices into `keys`; the keys below a node stand together.
  private var order: [Int32]
  private var slots: [ByteTrie.Slot]
  /// No slot below this one is worth a look.
  private var firstCandidate = 1

  /// Keys `order[range]` agree in their first `depth` bytes and belong below `node`.
  private struct Task {
    let node: Int
    let depth: Int
    let range: Range<Int>
  }

  init(keys: [[UInt8]], values: [Int32]) {
    precondition(keys.count == values.count, "\(keys.count) keys, \(values.count) values")
    self.keys = keys
    self.values = values
    order = keys.indices.map { Int32(truncatingIfNeeded: $0) }
    slots = [ByteTrie.Slot(base: 1, check: 0)]
  }

  mutating func build() -> [ByteTrie.Slot] {
    var tasks = [Task(node: 0, depth: 0, range: 0..<keys.count)]
    while let task = tasks.popLast() { place(task, &tasks) }
    // The root is nobody's child; without this, a byte could lead from it to itself.
    slots[0].check = -2
    return slots
  }

  /// Gives each byte that can follow a node a slot.
  private mutating func place(_ task: Task, _ tasks: inout [Task]) {
    let depth = task.depth
    // By the next byte; keys that end here come first, equal keys in their own order.
    let sorted = order[task.range].map { (byte: next(of: $0, at: depth), key: $0) }
      .sorted { ($0.byte, $0.key) < ($1.byte, $1.key) }
    var groups: [(byte: Int, range: Range<Int>)] = []
    for (place, (byte, key)) in zip(task.range, sorted) {
      order[place] = key
      if let last = groups.last, last.byte == byte {
        groups[groups.count - 1].range = last.range.lowerBound..<place + 1
      } else {
        groups.append((byte, place..<place + 1))
      }
    }
    if let first = groups.first, first.byte < 0 {
      groups.removeFirst()
      if task.node > 0 {
        slots[task.node].value = values[Int(order[first.range.upperBound - 1])]
      }
    }
    guard !groups.isEmpty else { return }
    let base = freeBase(for: groups.map(\.byte))
    slots[task.node].base = Int32(truncatingIfNeeded: base)
    for group in groups {
      slots[base + group.byte].check = Int32(truncatingIfNeeded: task.node)
      tasks.append(Task(node: base + group.byte, depth: depth + 1, range: group.range))
    }
  }

  /// The byte of a key at a depth; -1 where the key ends.
  private func next(of key: Int32, at depth: Int) -> Int {
    let key = keys[Int(key)]
    return depth < key.count ? Int(key[depth]) : -1
  }

  /// The first base at which all bytes find a free slot.
  private mutating func freeBase(for bytes: [Int]) -> Int {
    var place = max(firstCandidate, bytes[0] + 1)
    var occupied = 0
    let start = place
    while true {
      grow(to: place + 256)
      if slots[place].check >= 0 {
        occupied += 1
      } else {
        let base = place - bytes[0]
        if bytes.allSatisfy({ slots[base + $0].check < 0 }) { break }
      }
      place += 1
    }
    // As in Darts: where a stretch is nearly full, later searches begin behind it.
    if occupied * 20 >= (place - start + 1) * 19 { firstCandidate = place }
    return place - bytes[0]
  }

  private mutating func grow(to count: Int) {
    guard slots.count < count else { return }
    slots.append(
      contentsOf: repeatElement(ByteTrie.Slot(), count: max(count, slots.count * 2) - slots.count)
    )
  }
}
