internal import CKernels
internal import VectorCore

/// The candidates of a batch of queries.
// @unchecked Sendable because each worker owns one.
@safe
final class CandidateBuffers: @unchecked Sendable {
  /// The largest number that can be kept.
  let room: Int
  private let scores: MutableMemory<Float>
  private let rows: MutableMemory<UInt32>
  private let entries: UnsafeMutablePointer<needle_candidates>

  /// The bytes that a query takes.
  static func bytes(keep: Int) -> Int { stride(keep: keep) * 8 + 24 }

  private static func stride(keep: Int) -> Int {
    (Int(needle_candidate_room(keep)) + 15) / 16 * 16
  }

  init(queries: Int, keep: Int) {
    room = keep
    let stride = Self.stride(keep: keep)
    scores = MutableMemory(count: queries * stride)
    rows = MutableMemory(count: queries * stride)
    unsafe entries = .allocate(capacity: queries)
    guard let scores = unsafe scores.elements.baseAddress,
      let rows = unsafe rows.elements.baseAddress
    else { return }
    for query in 0..<queries {
      unsafe (entries + query).initialize(
        to: needle_candidates(
          scores: scores + query * stride,
          rows: rows + query * stride,
          count: 0,
          keep: UInt32(keep),
          threshold: -.infinity
        )
      )
    }
  }

  deinit { unsafe entries.deallocate() }

  /// Empties a query's buffer, for scores of at least `threshold`.
  func reset(_ query: Int, keep: Int, threshold: Float) {
    precondition(keep <= room, "\(keep) candidates in room for \(room)")
    unsafe entries[query].count = 0
    unsafe entries[query].keep = UInt32(keep)
    unsafe entries[query].threshold = threshold
  }

  /// The candidates of a query, for a kernel to add to.
  subscript(query: Int) -> UnsafeMutablePointer<needle_candidates> { unsafe entries + query }
}
