internal import CKernels

/// Queries that are prepared together, so that what projects them is read from memory once for all;
/// reused.
// @unchecked Sendable because a block is out of the store while it is used, so one thread has it.
@safe
final class QueryBlock: @unchecked Sendable {
  /// The numbers of the queries in the block, and of those that were not taken.
  private var prepared = 0..<0
  private var left = 0..<0
  private let forms: UnsafeMutablePointer<QueryForms>
  private let capacity: Int
  private let probes: UnsafeMutablePointer<needle_probe>
  private let projected: UnsafeMutablePointer<Float>

  /// Makes room for `capacity` queries of an index.
  init(_ capacity: Int, for index: HNSWIndex) {
    self.capacity = capacity
    unsafe forms = .allocate(capacity: capacity)
    for place in 0..<capacity { unsafe (forms + place).initialize(to: QueryForms(index)) }
    unsafe probes = .allocate(capacity: 2 * capacity)
    unsafe projected = .allocate(capacity: capacity * (index.querySpace?.room ?? 0))
  }

  deinit {
    unsafe forms.deinitialize(count: capacity)
    unsafe forms.deallocate()
    unsafe probes.deallocate()
    unsafe projected.deallocate()
  }

  /// Forgets queries that were not taken.
  func reset() { left = 0..<0 }

  /// Takes the next of the queries that wait, `[n, dimension]`; returns its number, `nil` where none is left.
  ///
  /// Its forms and the room of `target` change places. `source` is of the same index at all times.
  @inline(__always)
  func next(
    of waiting: inout Range<Int>,
    _ queries: UnsafePointer<Float>,
    _ source: QuerySpace?,
    into target: UnsafeMutablePointer<QueryForms>
  ) -> Int? {
    if left.isEmpty {
      guard !waiting.isEmpty else { return nil }
      prepared = waiting.prefix(capacity)
      unsafe prepare(queries, source)
      left = prepared
      waiting = prepared.upperBound..<waiting.upperBound
    }
    let query = left.lowerBound
    left = query &+ 1..<left.upperBound
    unsafe swap(&target.pointee, &forms[query &- prepared.lowerBound])
    return query
  }

  private func prepare(_ queries: UnsafePointer<Float>, _ source: QuerySpace?) {
    for (place, query) in prepared.enumerated() {
      unsafe forms[place].begin(queries, query, source)
    }
    guard let source else { return }
    if let axes = unsafe source.projection {
      let each = source.probes
      for place in 0..<prepared.count {
        unsafe axes.aim(probes + place * each, count: each, forms[place].whole, forms[place].scale)
      }
      unsafe axes.project(probes, count: prepared.count * each, into: projected)
    }
    for place in 0..<prepared.count {
      unsafe forms[place].finish(projected + place * source.room, source)
    }
  }
}
