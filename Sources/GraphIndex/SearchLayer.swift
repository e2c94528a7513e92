internal import CKernels

/// What one walk needs besides graph and vectors; reused, so that a search allocates nothing.
@safe
struct WalkScratch: ~Copyable {
  var pool = CandidatePool()
  var visited: VisitedSet
  /// Rows of the nodes about to be measured, where they are not the nodes themselves.
  fileprivate let rows: UnsafeMutablePointer<UInt32>
  fileprivate let distances: UnsafeMutablePointer<Float>
  /// Nodes visited from here on are still to be measured.
  fileprivate var pending = 0

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
  while try unsafe expandNearest(in: layer, scratch: &scratch) {
    unsafe measurePending(query, in: layer, distances: distances, scratch: &scratch)
  }
}

/// The first half of a step: visits the neighbours of the nearest node not yet expanded.
///
/// - Returns: whether there was one; its new neighbours are pending, to be measured.
@inline(__always)
func expandNearest<Rows: NodeRows>(
  in layer: LayerLinks<Rows>,
  scratch: inout WalkScratch
) throws(BadLink) -> Bool {
  guard let node = scratch.pool.expandNext() else { return false }
  let degree = unsafe layer.degree
  let count = unsafe UInt32(truncatingIfNeeded: layer.count)
  let links = unsafe layer.links + Int(node) &* degree
  if let next = scratch.pool.upcoming() {
    unsafe prefetchLinks(layer.links + Int(next) &* degree, degree)
  }
  scratch.pending = scratch.visited.count
  scratch.visited.reserve(degree)
  for place in 0..<degree {
    let link = unsafe links[place]
    if link == GraphLayer.none { break }
    guard link < count else { throw BadLink(node: node, link: link) }
    scratch.visited.insert(link)
  }
  return true
}

/// Asks for the rows of the pending nodes; worth it where something else is done before they are
/// measured.
@inline(__always)
func prefetchPending(
  in layer: LayerLinks<BaseRows>,
  distances: RowDistances,
  scratch: inout WalkScratch
) {
  let nodes = unsafe scratch.visited.added(since: scratch.pending)
  unsafe needle_prefetch_rows(
    distances.base,
    distances.stride,
    nodes,
    scratch.visited.count &- scratch.pending
  )
}

/// The second half of a step: measures the pending nodes and offers them to the pool.
@inline(__always)
func measurePending<Rows: NodeRows>(
  _ query: UnsafePointer<Float>,
  in layer: LayerLinks<Rows>,
  distances: RowDistances,
  scratch: inout WalkScratch
) {
  let fresh = scratch.visited.count &- scratch.pending
  let nodes = unsafe scratch.visited.added(since: scratch.pending)
  let rows = unsafe layer.nodes.rows(of: nodes, count: fresh, room: scratch.rows)
  unsafe distances.measure(query, rows, count: fresh, into: scratch.distances)
  for index in 0..<fresh {
    if unsafe scratch.pool.insert(distance: scratch.distances[index], node: nodes[index]) {
      unsafe prefetchLinks(layer.links + Int(nodes[index]) &* layer.degree, layer.degree)
    }
  }
  scratch.pending = scratch.visited.count
}

@inline(__always)
private func prefetchLinks(_ links: UnsafePointer<UInt32>, _ degree: Int) {
  var place = 0
  while place < degree {
    unsafe needle_prefetch(links + place)
    place &+= 16
  }
}

/// Measures a node and puts it into the pool as an entry point, unless it was visited before.
func enterLayer<Rows: NodeRows>(
  _ query: UnsafePointer<Float>,
  at node: UInt32,
  in layer: LayerLinks<Rows>,
  distances: RowDistances,
  scratch: inout WalkScratch
) {
  scratch.pending = scratch.visited.count
  scratch.visited.reserve(1)
  scratch.visited.insert(node)
  unsafe measurePending(query, in: layer, distances: distances, scratch: &scratch)
}
