internal import CKernels
internal import VectorCore

/// A query, and its product with the center of the list at hand.
struct ListMember {
  var query: UInt32
  var product: Float
}

/// Pairs of query and list in the order of the lists, queries ascending within each.
// @unchecked Sendable because each worker owns one.
@safe
final class SortedPairs: @unchecked Sendable {
  private let starts: MutableMemory<Int>
  private var sorted = MutableMemory<ListMember>(count: 0)
  private let lists: Int

  init(lists: Int) {
    self.lists = lists
    starts = MutableMemory(count: lists + 2)
  }

  /// The pairs of a list: places among the sorted ones.
  func members(of list: Int) -> Range<Int> {
    precondition(list < lists)
    return unsafe Range(uncheckedBounds: (starts.elements[list], starts.elements[list + 1]))
  }

  /// The pairs, valid until the next sort.
  var all: UnsafePointer<ListMember>? {
    unsafe sorted.elements.baseAddress.map { unsafe UnsafePointer($0) }
  }

  /// Sorts the pairs of many queries, by counting.
  func sort(_ pairs: PairBuffer) {
    let count = pairs.count
    if unsafe sorted.elements.count < count {
      sorted = MutableMemory(count: max(count + count / 4, 4096))
    }
    guard let starts = unsafe starts.elements.baseAddress,
      let sorted = unsafe sorted.elements.baseAddress
    else { return }
    let places = unsafe pairs.selection.places
    let values = unsafe pairs.selection.values
    unsafe starts.update(repeating: 0, count: lists + 2)
    for pair in 0..<count { unsafe starts[Int(places[pair]) + 2] &+= 1 }
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
  }
}
