internal import CKernels
internal import VectorCore

/// A query, and its product with the center of the list at hand.
struct ListMember {
  var query: UInt32
  var product: Float
}

/// A list that is scanned, and the range of its members among the sorted pairs.
struct ListRun {
  let list: Int
  let start: Int
  let end: Int
}

/// Pairs of query and list, list by list, queries ascending within each.
// @unchecked Sendable because each worker owns one.
@safe
final class SortedPairs: @unchecked Sendable {
  /// The lists that are scanned, in the order of the scan: ascending for several queries.
  private(set) var runs: [ListRun] = []

  private let starts: MutableMemory<Int>
  private var sorted = MutableMemory<ListMember>(count: 0)
  private let lists: Int

  init(lists: Int) {
    self.lists = lists
    starts = MutableMemory(count: lists + 2)
  }

  /// The pairs, valid until the next sort.
  var members: UnsafePointer<ListMember>? {
    unsafe sorted.elements.baseAddress.map { unsafe UnsafePointer($0) }
  }

  /// Sorts the pairs of many queries, by counting.
  func sort(_ pairs: PairBuffer) {
    runs.removeAll(keepingCapacity: true)
    if unsafe sorted.elements.count < pairs.count {
      sorted = MutableMemory(count: max(pairs.count + pairs.count / 4, 4096))
    }
    guard let sorted = unsafe sorted.elements.baseAddress else { return }
    let (places, values) = unsafe (pairs.selection.places, pairs.selection.values)
    if pairs.ends.count == 1 {
      // The lists of one query need no sorting: each has one pair.
      for pair in 0..<pairs.count {
        unsafe sorted[pair] = ListMember(query: 0, product: values[pair])
        unsafe runs.append(ListRun(list: Int(places[pair]), start: pair, end: pair + 1))
      }
      return
    }
    guard let starts = unsafe starts.elements.baseAddress else { return }
    unsafe starts.update(repeating: 0, count: lists + 2)
    for pair in 0..<pairs.count { unsafe starts[Int(places[pair]) + 2] &+= 1 }
    for list in 0..<lists { unsafe starts[list + 2] &+= starts[list + 1] }
    var pair = 0
    for (query, end) in pairs.ends.enumerated() {
      while pair < end {
        let slot = unsafe starts + Int(places[pair]) + 1
        unsafe sorted[slot.pointee] = ListMember(
          query: UInt32(truncatingIfNeeded: query),
          product: values[pair]
        )
        unsafe slot.pointee &+= 1
        pair &+= 1
      }
    }
    for list in 0..<lists where unsafe starts[list] < starts[list + 1] {
      unsafe runs.append(ListRun(list: list, start: starts[list], end: starts[list + 1]))
    }
  }
}
