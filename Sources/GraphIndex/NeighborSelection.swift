internal import CKernels

/// Chooses diverse neighbors from candidates: the pruning of Jayaram Subramanya et al., "DiskANN",
/// NeurIPS 2019, Algorithm 2, which with α = 1 is Algorithm 4 of arXiv:1603.09320.
///
/// A candidate is dropped if a neighbor taken before it is nearer to it, by more than the factor α, than
/// the node is. Several rounds with growing α follow each other; a node that still has few neighbors gets
/// the nearest of those dropped.
// @unchecked Sendable because each thread has one of its own.
@safe
package final class NeighborSelection: @unchecked Sendable {
  private let distances: BuildDistances
  private let limit: Int
  private let rounds: [Float]
  private let least: Int
  private let cover = unsafe needle_cover_for(needle_simd_level())
  private let query: UnsafeMutablePointer<Int8>
  private let products: UnsafeMutablePointer<Int32>
  private let keys: UnsafeMutablePointer<UInt64>
  private let live: CandidateList
  private let rest: CandidateList
  private let taken: UnsafeMutablePointer<UInt32>
  private let room: Int

  /// Chooses at most `limit` among the `most` nearest candidates, and at least `least` where there are
  /// so many.
  init(_ distances: BuildDistances, limit: Int, least: Int, most: Int, rounds: [Float]) {
    unsafe self.distances = unsafe distances
    self.limit = limit
    self.rounds = rounds
    self.least = least
    room = (most + 15) / 16 * 16
    unsafe query = .allocate(capacity: distances.width)
    unsafe products = .allocate(capacity: 2 * room + 16)
    unsafe keys = .allocate(capacity: 2 * room)
    unsafe taken = .allocate(capacity: limit)
    live = CandidateList(room: 2 * room)
    rest = CandidateList(room: room)
  }

  /// The same over rows that outlive it.
  package convenience init(
    over rows: BuildRows,
    limit: Int,
    least: Int,
    most: Int,
    rounds: [Float]
  ) {
    unsafe self.init(rows.distances, limit: limit, least: least, most: most, rounds: rounds)
  }

  deinit {
    unsafe query.deallocate()
    unsafe products.deallocate()
    unsafe keys.deallocate()
    unsafe taken.deallocate()
  }

  /// Writes the neighbors chosen for `node` among `candidates`, which may be in any order, with
  /// repetitions and the node itself; fills up with ``GraphLinks/none``.
  package func choose(
    for node: UInt32,
    from candidates: some Sequence<UInt32>,
    into links: UnsafeMutableBufferPointer<UInt32>
  ) {
    let candidateCount = gather(node, candidates)
    var count = 0
    var (open, next) = (live, rest)
    for (round, alpha) in rounds.enumerated() {
      if round > 0 { swap(&open, &next) }
      next.count = 0
      take(alpha, from: open, leaving: next, count: &count)
      if count == limit { break }
    }
    fill(&count, from: candidateCount)
    for place in 0..<limit {
      unsafe links[place] = place < count ? taken[place] : GraphLinks.none
    }
  }

  /// Takes the nearest of the candidates that were dropped, while there are fewer than ``least``.
  private func fill(_ count: inout Int, from candidates: Int) {
    let chosen = count
    for place in 0..<candidates {
      guard count < least else { return }
      let node = unsafe UInt32(truncatingIfNeeded: keys[place])
      let isTaken = (0..<chosen).contains { unsafe taken[$0] == node }
      guard !isTaken else { continue }
      unsafe taken[count] = node
      count += 1
    }
  }

  /// Lists the candidates once each, nearest first, and returns their number; no more than there is
  /// room for.
  private func gather(_ node: UInt32, _ candidates: some Sequence<UInt32>) -> Int {
    let excess = unsafe distances.load(node, into: query)
    let norm = unsafe distances.norms[Int(node)]
    var count = 0
    var fresh = 0
    for candidate in candidates where candidate != node {
      unsafe live.nodes[fresh] = candidate
      fresh += 1
      guard count + fresh == 2 * room else { continue }
      add(fresh, excess, norm, after: &count)
      fresh = 0
      count = sort(count)
    }
    add(fresh, excess, norm, after: &count)
    count = sort(count)
    for place in 0..<count {
      let key = unsafe keys[place]
      unsafe live.nodes[place] = UInt32(truncatingIfNeeded: key)
      unsafe live.distances[place] = Int32(truncatingIfNeeded: key &>> 32)
      unsafe live.ratios[place] = 0
    }
    live.count = count
    return count
  }

  /// Measures `fresh` nodes and adds their keys.
  private func add(_ fresh: Int, _ excess: Int32, _ norm: Int32, after count: inout Int) {
    unsafe needle_prefetch_rows(distances.codes, distances.width, live.nodes, fresh)
    unsafe distances.kernel(
      query,
      distances.codes,
      distances.width,
      distances.width,
      live.nodes,
      fresh,
      products
    )
    for place in 0..<fresh {
      let other = unsafe live.nodes[place]
      let product = unsafe products[place] &- excess
      let distance = unsafe max(0, norm &+ distances.norms[Int(other)] &- 2 &* product)
      unsafe keys[count + place] = UInt64(UInt32(bitPattern: distance)) &<< 32 | UInt64(other)
    }
    count += fresh
  }

  /// Sorts keys and drops repetitions and what there is no room for; returns their number.
  private func sort(_ count: Int) -> Int {
    var buffer = unsafe UnsafeMutableBufferPointer(start: keys, count: count)
    unsafe buffer.sort()
    var kept = 0
    for place in 0..<count {
      let key = unsafe keys[place]
      if unsafe kept > 0 && keys[kept - 1] == key { continue }
      unsafe keys[kept] = key
      kept += 1
    }
    return min(kept, room)
  }

  /// Goes through the candidates of `open` once; those that `alpha` forbids but a later round may allow
  /// are left in `next`.
  private func take(
    _ alpha: Float,
    from open: CandidateList,
    leaving next: CandidateList,
    count: inout Int
  ) {
    let last = rounds[rounds.count - 1]
    var view = unsafe open.view(from: 0)
    while unsafe view.count > 0 && count < limit {
      let (node, distance, ratio) = unsafe (view.nodes[0], view.distances[0], view.ratios[0])
      unsafe view.nodes += 1
      unsafe view.distances += 1
      unsafe view.ratios += 1
      unsafe view.count -= 1
      guard ratio <= alpha else {
        next.append(node, distance, ratio)
        continue
      }
      unsafe taken[count] = node
      count += 1
      guard count < limit, unsafe view.count > 0 else { continue }
      let excess = unsafe distances.load(node, into: query)
      unsafe distances.kernel(
        query,
        distances.codes,
        distances.width,
        distances.width,
        view.nodes,
        view.count,
        products
      )
      let norm = unsafe distances.norms[Int(node)] &+ 2 &* excess
      unsafe cover(&view, products, distances.norms, norm, last)
    }
  }
}

/// Candidates as arrays side by side.
@safe
private final class CandidateList {
  let nodes: UnsafeMutablePointer<UInt32>
  let distances: UnsafeMutablePointer<Int32>
  let ratios: UnsafeMutablePointer<Float>
  var count = 0

  init(room: Int) {
    unsafe nodes = .allocate(capacity: room + 16)
    unsafe distances = .allocate(capacity: room + 16)
    unsafe ratios = .allocate(capacity: room + 16)
  }

  deinit {
    unsafe nodes.deallocate()
    unsafe distances.deallocate()
    unsafe ratios.deallocate()
  }

  func append(_ node: UInt32, _ distance: Int32, _ ratio: Float) {
    unsafe nodes[count] = node
    unsafe distances[count] = distance
    unsafe ratios[count] = ratio
    count += 1
  }

  func view(from start: Int) -> needle_cover_list {
    unsafe needle_cover_list(
      nodes: nodes + start,
      distances: distances + start,
      ratios: ratios + start,
      count: count - start
    )
  }
}
