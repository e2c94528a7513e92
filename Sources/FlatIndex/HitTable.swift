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

  /// The memory a query takes in one part.
  static func bytesPerQuery(k: Int) -> Int { capacity(k: k) * MemoryLayout<UInt64>.stride }

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
  func finish(query: Int, metric: Metric, into rows: ResultRows, at place: Int) {
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
        place: place,
        rank: rank,
        row: needle_hit_row(key),
        distance: -needle_hit_score(key)
      )
    }
    rows.setCount(place: place, count: min(k, best.count))
  }
}

/// Where results are written from several threads, each its own queries.
// @unchecked Sendable because every query is written by one worker.
@safe
struct ResultRows: @unchecked Sendable {
  private let counts: UnsafeMutablePointer<Int>
  private let rows: UnsafeMutablePointer<UInt32>
  private let distances: UnsafeMutablePointer<Float>
  private let k: Int

  /// Calls `body` with a writer into `found`, valid during the call.
  static func withWriter(into found: inout NearestRows, _ body: (ResultRows) -> Void) {
    let k = found.k
    unsafe found.counts.withUnsafeMutableBufferPointer { counts in
      unsafe found.rows.withUnsafeMutableBufferPointer { rows in
        unsafe found.distances.withUnsafeMutableBufferPointer { distances in
          guard
            let counts = counts.baseAddress, let rows = rows.baseAddress,
            let distances = distances.baseAddress
          else { return }
          unsafe body(ResultRows(counts: counts, rows: rows, distances: distances, k: k))
        }
      }
    }
  }

  private init(
    counts: UnsafeMutablePointer<Int>,
    rows: UnsafeMutablePointer<UInt32>,
    distances: UnsafeMutablePointer<Float>,
    k: Int
  ) {
    unsafe self.counts = unsafe counts
    unsafe self.rows = unsafe rows
    unsafe self.distances = unsafe distances
    self.k = k
  }

  func set(place: Int, rank: Int, row: UInt32, distance: Float) {
    unsafe rows[place * k + rank] = row
    unsafe distances[place * k + rank] = distance
  }

  func setCount(place: Int, count: Int) { unsafe counts[place] = count }
}
