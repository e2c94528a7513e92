internal import CKernels

/// What one walk needs besides graph and vectors; reused, so that a search allocates nothing.
@safe
struct WalkScratch: ~Copyable {
  var pool = CandidatePool()
  var visited: VisitedSet
  /// Rows of the nodes about to be measured, where they are not the nodes themselves.
  fileprivate let rows: UnsafeMutablePointer<UInt32>
  fileprivate let distances: UnsafeMutablePointer<Float>
  /// Distances computed since the scratch was made.
  var distanceCount = 0

  init(nodes: Int, degree: Int) {
    let room = (max(degree, 1) + 3) / 4 * 4
    visited = VisitedSet(nodes: nodes)
    unsafe rows = .allocate(capacity: room)
    unsafe distances = .allocate(capacity: room)
  }

  deinit {
    unsafe rows.deallocate()
    unsafe distances.deallocate()
  }
}

/// A link that names no node of its layer: the graph's file is corrupt.
struct BadLink: Error, Equatable {
  let node: UInt32
  let link: UInt32
}

/// Beam search in one layer: Algorithm 2 of Malkov and Yashunin, "Efficient and robust approximate
/// nearest neighbor search using Hierarchical Navigable Small World graphs", arXiv:1603.09320.
///
/// Departures: candidates and results are one sorted pool; a node's neighbours are measured
/// together, and the rows and links that come next are prefetched meanwhile.
///
/// The pool must hold the entry points and the visited set know them.
/// - Throws: ``BadLink`` for a link outside the layer.
/// - Complexity: about `limit of the pool · degree / 2` distances.
func searchLayer<Rows: NodeRows>(
  _ query: UnsafePointer<Float>,
  in layer: LayerLinks<Rows>,
  distances: RowDistances,
  scratch: inout WalkScratch
) throws(BadLink) {
  let degree = unsafe layer.degree
  let count = unsafe UInt32(truncatingIfNeeded: layer.count)
  while let node = scratch.pool.expandNext() {
    let links = unsafe layer.links + Int(node) &* degree
    if let next = scratch.pool.upcoming() {
      unsafe prefetchLinks(layer.links + Int(next) &* degree, degree)
    }
    let seen = scratch.visited.count
    scratch.visited.reserve(degree)
    for place in 0..<degree {
      let link = unsafe links[place]
      if link == GraphLayer.none { break }
      guard link < count else { throw BadLink(node: node, link: link) }
      scratch.visited.insert(link)
    }
    unsafe measureAdded(since: seen, query, in: layer, distances: distances, scratch: &scratch)
  }
}

/// Measures the nodes visited since there were `seen`, and offers them to the pool.
@inline(__always)
private func measureAdded<Rows: NodeRows>(
  since seen: Int,
  _ query: UnsafePointer<Float>,
  in layer: LayerLinks<Rows>,
  distances: RowDistances,
  scratch: inout WalkScratch
) {
  let fresh = scratch.visited.count &- seen
  let nodes = unsafe scratch.visited.added(since: seen)
  let rows = unsafe layer.nodes.rows(of: nodes, count: fresh, room: scratch.rows)
  unsafe distances.measure(query, rows, count: fresh, into: scratch.distances)
  scratch.distanceCount &+= fresh
  for index in 0..<fresh {
    if unsafe scratch.pool.insert(distance: scratch.distances[index], node: nodes[index]) {
      unsafe prefetchLinks(layer.links + Int(nodes[index]) &* layer.degree, layer.degree)
    }
  }
}

@inline(__always)
private func prefetchLinks(_ links: UnsafePointer<UInt32>, _ degree: Int) {
  var place = 0
  while place < degree {
    unsafe needle_prefetch(links + place)
    place &+= 16
  }
}

/// Puts a node into an empty pool as the walk's entry point.
func enterLayer<Rows: NodeRows>(
  _ query: UnsafePointer<Float>,
  at node: UInt32,
  in layer: LayerLinks<Rows>,
  distances: RowDistances,
  scratch: inout WalkScratch
) {
  let seen = scratch.visited.count
  scratch.visited.reserve(1)
  scratch.visited.insert(node)
  unsafe measureAdded(since: seen, query, in: layer, distances: distances, scratch: &scratch)
}
