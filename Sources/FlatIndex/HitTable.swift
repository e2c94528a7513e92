internal import CKernels
internal import VectorCore

/// The best hits of many queries, each held once per part of the base that is scanned apart.
///
/// Laid out `[part][query]`, each with room for `capacity` keys.
// @unchecked Sendable because a worker touches only the entries of its own part and queries.
@safe
final class HitTable: @unchecked Sendable {
  private let keys: UnsafeMutablePointer<UInt64>
  private let hits: UnsafeMutablePointer<needle_hits>
  private let parts: Int
  private let queryCount: Int
  private let capacity: Int
  private let k: Int

  /// Room beyond `k`: hits gathered before the buffer is pruned.
  private static func capacity(k: Int) -> Int { 2 * k + 2 * Panels.lanes }

  /// Queries whose hits are held at a time, which bounds memory for large k.
  static func batch(k: Int) -> Int {
    let bytesPerQuery = capacity(k: k) * MemoryLayout<UInt64>.stride
    return max(64, min(8192, (64 << 20) / bytesPerQuery))
  }

  init(parts: Int, queryCount: Int, k: Int) {
    self.parts = parts
    self.queryCount = queryCount
    self.k = k
    capacity = Self.capacity(k: k)
    unsafe keys = .allocate(capacity: parts * queryCount * capacity)
    unsafe hits = .allocate(capacity: parts * queryCount)
    for entry in 0..<parts * queryCount {
      unsafe (hits + entry).initialize(
        to: needle_hits(
          keys: keys + entry * capacity,
          capacity: UInt32(capacity),
          count: 0,
          k: UInt32(k),
          threshold: .nan
        )
      )
    }
  }

  deinit {
    unsafe keys.deallocate()
    unsafe hits.deallocate()
  }

  /// The hits of some queries of one part, for a kernel to add to.
  func withHits(part: Int, query: Int, _ body: (UnsafeMutablePointer<needle_hits>) -> Void) {
    unsafe body(hits + part * queryCount + query)
  }

  /// Merges a query's parts and writes its best `k`, nearest first.
  func finish(query: Int, metric: Metric, into rows: NearestRows.Writer, at place: Int) {
    var best: [UInt64] = []
    best.reserveCapacity(parts * k)
    for part in 0..<parts {
      let entry = unsafe hits + part * queryCount + query
      unsafe needle_hits_finish(entry)
      unsafe best.append(
        contentsOf: UnsafeBufferPointer(start: entry.pointee.keys, count: Int(entry.pointee.count))
      )
    }
    if parts > 1 { best.sort(by: >) }
    for (rank, key) in best.prefix(k).enumerated() {
      rows.set(
        query: place,
        rank: rank,
        row: needle_hit_row(key),
        distance: metric.distance(fromNearness: needle_hit_score(key))
      )
    }
    rows.setCount(query: place, min(k, best.count))
  }
}
