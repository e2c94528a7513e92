internal import CKernels
internal import VectorCore

/// Pairs of query and list in the order of the lists, queries ascending within each.
// @unchecked Sendable because each worker owns one.
@safe
final class SortedPairs: @unchecked Sendable {
  private let starts: MutableMemory<Int>
  private var queries = MutableMemory<UInt32>(count: 0)
  private var bases = MutableMemory<Float>(count: 0)
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

  /// The query of each pair, valid until the next sort.
  var queryNumbers: UnsafePointer<UInt32>? {
    unsafe queries.elements.baseAddress.map { unsafe UnsafePointer($0) }
  }

  /// The query's product with the list's center of each pair, valid until the next sort.
  var products: UnsafePointer<Float>? {
    unsafe bases.elements.baseAddress.map { unsafe UnsafePointer($0) }
  }

  /// Sorts the pairs of many queries, by counting.
  func sort(_ pairs: PairBuffer) {
    let count = pairs.count
    if unsafe queries.elements.count < count {
      queries = MutableMemory(count: max(count, 4096))
      bases = MutableMemory(count: max(count, 4096))
    }
    guard let starts = unsafe starts.elements.baseAddress,
      let queries = unsafe queries.elements.baseAddress,
      let bases = unsafe bases.elements.baseAddress
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
        unsafe queries[slot.pointee] = UInt32(truncatingIfNeeded: query)
        unsafe bases[slot.pointee] = values[pair]
        unsafe slot.pointee &+= 1
        pair &+= 1
      }
    }
  }
}
