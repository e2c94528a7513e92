internal import CKernels

/// What one walk needs besides graph and vectors; reused, so that a search allocates nothing.
@safe
struct WalkScratch: ~Copyable {
  var pool = CandidatePool()
  var visited = VisitedSet()
  /// Nodes and rows about to be measured, and their distances.
  fileprivate let nodes: UnsafeMutablePointer<UInt32>
  fileprivate let rows: UnsafeMutablePointer<UInt32>
  fileprivate let distances: UnsafeMutablePointer<Float>
  /// Distances computed since the scratch was made.
  var distanceCount = 0

  init(degree: Int) {
    let room = (max(degree, 1) + 3) / 4 * 4
    unsafe nodes = .allocate(capacity: room)
    unsafe rows = .allocate(capacity: room)
    unsafe distances = .allocate(capacity: room)
  }

  deinit {
    unsafe nodes.deallocate()
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
    var fresh = 0
    for place in 0..<degree {
      let link = unsafe links[place]
      if link == GraphLayer.none { break }
      guard link < count else { throw BadLink(node: node, link: link) }
      if scratch.visited.insert(link) {
        unsafe scratch.nodes[fresh] = link
        unsafe scratch.rows[fresh] = layer.nodes.row(of: link)
        fresh &+= 1
      }
    }
    unsafe distances.measure(query, scratch.rows, count: fresh, into: scratch.distances)
    scratch.distanceCount &+= fresh
    for index in 0..<fresh {
      let link = unsafe scratch.nodes[index]
      if unsafe scratch.pool.insert(distance: scratch.distances[index], node: link) {
        unsafe prefetchLinks(layer.links + Int(link) &* degree, degree)
      }
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
  guard scratch.visited.insert(node) else { return }
  unsafe scratch.rows[0] = layer.nodes.row(of: node)
  unsafe distances.measure(query, scratch.rows, count: 1, into: scratch.distances)
  scratch.distanceCount &+= 1
  _ = unsafe scratch.pool.insert(distance: scratch.distances[0], node: node)
}
