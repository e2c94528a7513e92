internal import CKernels

/// Pairs of a query and a list that it scans, query by query; grows as needed.
// @unchecked Sendable because each worker owns one.
@safe
final class PairBuffer: @unchecked Sendable {
  /// Places are lists, values the products of queries with centers; kernels append to it.
  var selection: needle_selection
  /// Where each query's pairs end.
  private(set) var ends: [Int] = []
  private var capacity: Int

  init() {
    capacity = 0
    unsafe selection = needle_selection(
      places: UnsafeMutablePointer<UInt32>.allocate(capacity: 0),
      values: UnsafeMutablePointer<Float>.allocate(capacity: 0),
      count: 0
    )
  }

  deinit {
    unsafe selection.places.deallocate()
    unsafe selection.values.deallocate()
  }

  /// The number of pairs.
  var count: Int { unsafe selection.count }

  func removeAll() {
    unsafe selection.count = 0
    ends.removeAll(keepingCapacity: true)
  }

  /// Makes room for `more` pairs.
  func reserve(_ more: Int) {
    let needed = count + more
    guard needed > capacity else { return }
    let wider = max(needed, 2 * capacity)
    let places = UnsafeMutablePointer<UInt32>.allocate(capacity: wider)
    let values = UnsafeMutablePointer<Float>.allocate(capacity: wider)
    unsafe places.update(from: selection.places, count: count)
    unsafe values.update(from: selection.values, count: count)
    unsafe selection.places.deallocate()
    unsafe selection.values.deallocate()
    unsafe selection.places = places
    unsafe selection.values = values
    capacity = wider
  }

  func endQuery() { ends.append(count) }

  /// The pairs of a query, by its place among those that were added.
  func pairs(of query: Int) -> Range<Int> { (query == 0 ? 0 : ends[query - 1])..<ends[query] }

  /// Appends the pairs of a query of another buffer.
  func append(_ other: PairBuffer, query: Int) {
    let pairs = other.pairs(of: query)
    reserve(pairs.count)
    for pair in pairs {
      unsafe selection.places[count] = other.selection.places[pair]
      unsafe selection.values[count] = other.selection.values[pair]
      unsafe selection.count += 1
    }
  }
}
