internal import CKernels

/// Chooses diverse neighbors from candidates: the pruning of Jayaram Subramanya et al., "DiskANN",
/// NeurIPS 2019, Algorithm 2, which with α = 1 is Algorithm 4 of arXiv:1603.09320.
///
/// A candidate is dropped if a neighbor taken before it is nearer to it, by more than the factor α, than
/// the node is. Several rounds with growing α fill the places that are left.
// @unchecked Sendable because each thread has one of its own.
@safe
final class NeighborSelection: @unchecked Sendable {
  private let distances: BuildDistances
  private let limit: Int
  private let rounds: [Float]
  private let query: UnsafeMutablePointer<Int8>
  private let ids: UnsafeMutablePointer<UInt32>
  private let between: UnsafeMutablePointer<Int32>
  private let room: Int
  private var live: [Candidate] = []
  private var rest: [Candidate] = []
  /// The neighbors taken, in the order in which they were.
  private(set) var chosen: [UInt32] = []

  /// A node that may become a neighbor.
  struct Candidate {
    let distance: Int32
    let node: UInt32
    /// The largest ratio of its distances from the node and from a neighbor taken.
    var ratio: Float = 0
  }

  /// Chooses at most `limit` among the `most` nearest candidates.
  init(_ distances: BuildDistances, limit: Int, most: Int, rounds: [Float]) {
    unsafe self.distances = unsafe distances
    self.limit = limit
    self.rounds = rounds
    room = (most + 3) / 4 * 4
    unsafe query = .allocate(capacity: distances.width)
    unsafe ids = .allocate(capacity: room)
    unsafe between = .allocate(capacity: room)
  }

  deinit {
    unsafe query.deallocate()
    unsafe ids.deallocate()
    unsafe between.deallocate()
  }

  /// Fills ``chosen`` from `candidates`, in any order, perhaps with repetitions and the node itself.
  func choose(for node: UInt32, from candidates: [UInt32]) {
    gather(node, candidates)
    chosen.removeAll(keepingCapacity: true)
    rest.removeAll(keepingCapacity: true)
    for (round, alpha) in rounds.enumerated() {
      if round > 0 {
        (live, rest) = (rest, live)
        rest.removeAll(keepingCapacity: true)
      }
      take(alpha, last: rounds[rounds.count - 1])
      if chosen.count == limit { break }
    }
  }

  /// The candidates once each, nearest first; no more than there is room for.
  private func gather(_ node: UInt32, _ candidates: [UInt32]) {
    let excess = unsafe distances.load(node, into: query)
    let norm = unsafe distances.norms[Int(node)]
    live.removeAll(keepingCapacity: true)
    for start in stride(from: 0, to: candidates.count, by: room) {
      let count = min(room, candidates.count - start)
      for place in 0..<count { unsafe ids[place] = candidates[start + place] }
      unsafe distances.measure(query, excess: excess, norm: norm, ids, count: count, into: between)
      for place in 0..<count where unsafe ids[place] != node {
        unsafe live.append(Candidate(distance: between[place], node: ids[place]))
      }
    }
    live.sort { ($0.distance, $0.node) < ($1.distance, $1.node) }
    var kept = 0
    for place in live.indices where place == 0 || live[place].node != live[kept - 1].node {
      live[kept] = live[place]
      kept += 1
    }
    live.removeLast(live.count - min(kept, room))
  }

  /// Goes through the live candidates once; those that `alpha` forbids but `last` may allow are left
  /// in ``rest``.
  private func take(_ alpha: Float, last: Float) {
    var place = 0
    while place < live.count && chosen.count < limit {
      let candidate = live[place]
      place += 1
      guard candidate.ratio <= alpha else {
        rest.append(candidate)
        continue
      }
      chosen.append(candidate.node)
      if chosen.count == limit { return }
      cover(candidate.node, from: place, last: last)
    }
  }

  /// Raises the ratios of the live candidates from `start` on, and of the rest, by a neighbor taken;
  /// forgets those beyond `last`.
  private func cover(_ neighbor: UInt32, from start: Int, last: Float) {
    let excess = unsafe distances.load(neighbor, into: query)
    let norm = unsafe distances.norms[Int(neighbor)]
    let count = live.count - start
    for place in 0..<count { unsafe ids[place] = live[start + place].node }
    unsafe distances.measure(query, excess: excess, norm: norm, ids, count: count, into: between)
    var kept = start
    for place in 0..<count {
      var candidate = live[start + place]
      let ratio = unsafe Float(candidate.distance) / Float(max(between[place], 1))
      candidate.ratio = max(candidate.ratio, ratio)
      guard candidate.ratio <= last else { continue }
      live[kept] = candidate
      kept += 1
    }
    live.removeLast(live.count - kept)
  }
}
