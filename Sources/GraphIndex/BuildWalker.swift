internal import CKernels
internal import VectorCore

/// Searches a graph under construction for its own nodes.
// @unchecked Sendable because each thread has one of its own.
@safe
final class BuildWalker: @unchecked Sendable {
  private let rows: BuildRows
  private let entries: SharedArray<UInt32>
  private let layout: SlimLayout<BuildDistances>
  private let links: LinksUnderConstruction
  private let state: UnsafeMutablePointer<WalkState>
  private let query: UnsafeMutablePointer<Int8>

  init(_ rows: BuildRows, links: LinksUnderConstruction, entries: SharedArray<UInt32>) {
    self.rows = rows
    self.links = links
    self.entries = entries
    guard let start = unsafe links.frozen.baseAddress, let first = unsafe entries.baseAddress else {
      preconditionFailure("a graph has nodes")
    }
    unsafe layout = unsafe SlimLayout(
      codec: rows.distances,
      links: start,
      count: rows.count,
      degree: links.degree,
      entries: first,
      entryCount: entries.count
    )
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(
      to: WalkState(nodes: rows.count, most: max(links.degree, entries.count))
    )
    unsafe query = .allocate(capacity: rows.width)
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
    unsafe query.deallocate()
  }

  /// Searches for the nodes of `range`; writes the `kept` nearest of each, filled up with
  /// ``GraphLinks/none``.
  func search(
    _ range: Range<Int>,
    kept: Int,
    into found: UnsafeMutableBufferPointer<UInt32>
  ) throws(BadLink) {
    let plan = WalkPlan(window: kept, kept: kept)
    for node in range {
      let excess = unsafe layout.codec.load(UInt32(node), into: query)
      let walked = unsafe WalkQuery(row: query, excess: excess)
      try unsafe layout.walk(walked, plan, &state.pointee)
      let start = (node - range.lowerBound) * kept
      let count = unsafe min(kept, state.pointee.pool.count)
      for place in 0..<kept {
        unsafe found[start + place] =
          place < count ? CandidatePool.node(state.pointee.pool[place]) : GraphLinks.none
      }
    }
  }
}
