internal import CKernels
internal import VectorCore

/// Searches a graph under construction for its own nodes.
// @unchecked Sendable because each thread has one of its own.
@safe
final class BuildWalker: @unchecked Sendable {
  private let rows: BuildRows
  private let entries: EntryPoints
  private let layout: SlimLayout<BuildDistances>
  private let links: LinksUnderConstruction
  private let state: UnsafeMutablePointer<WalkState>
  private let query: UnsafeMutablePointer<Int8>

  init(_ rows: BuildRows, links: LinksUnderConstruction, entries: EntryPoints) {
    self.rows = rows
    self.links = links
    self.entries = entries
    guard let start = unsafe links.frozen.baseAddress else {
      preconditionFailure("a graph has nodes")
    }
    unsafe layout = unsafe SlimLayout(
      codec: rows.distances,
      links: start,
      count: rows.count,
      degree: links.degree,
      entries: entries.view
    )
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(
      to: WalkState(nodes: rows.count, most: max(links.degree, entries.most))
    )
    unsafe query = .allocate(capacity: rows.width)
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
    unsafe query.deallocate()
  }

  /// Entry points among the nodes found for a node: links to them connect clusters.
  static let entries = 4

  /// Searches for the nodes of `range`; writes the `kept` nearest of each and the ``entries`` at which
  /// the walk began, filled up with ``GraphLinks/none``.
  func search(
    _ range: Range<Int>,
    kept: Int,
    into found: UnsafeMutableBufferPointer<UInt32>
  ) throws(BadLink) {
    let plan = WalkPlan(window: kept, kept: kept, entries: Self.entries)
    let width = kept + Self.entries
    for node in range {
      let excess = unsafe layout.codec.load(UInt32(node), into: query)
      let walked = unsafe WalkQuery(row: query, excess: excess)
      try unsafe layout.walk(walked, plan, &state.pointee)
      let start = (node - range.lowerBound) * width
      let count = unsafe min(kept, state.pointee.pool.count)
      for place in 0..<kept {
        unsafe found[start + place] =
          place < count ? CandidatePool.node(state.pointee.pool[place]) : GraphLinks.none
      }
      let entered = unsafe state.pointee.entered
      for place in 0..<Self.entries {
        unsafe found[start + kept + place] =
          place < entered.count ? entered.values[place] : GraphLinks.none
      }
    }
  }
}
