internal import CKernels
internal import VectorCore

/// Searches a graph under construction for its own nodes, several at a time in turns.
// @unchecked Sendable because each thread has one of its own.
@safe
final class BuildWalker: @unchecked Sendable {
  private let rows: BuildRows
  private let entries: EntryPoints
  private let entryRows: BuildRows
  private let links: LinksUnderConstruction
  private let layout: SlimLayout<BuildDistances>
  private let lanes: UnsafeMutablePointer<Lane>

  /// Entry points among the nodes found for a node: links to them connect clusters.
  static let entries = 4
  /// Walks under way at a time.
  private static let laneCount = 4

  /// One walk.
  @unsafe
  private struct Lane: ~Copyable {
    var state: WalkState
    let query: UnsafeMutablePointer<Int8>
    var excess: Int32 = 0
    var node = 0

    var walked: WalkQuery { unsafe WalkQuery(row: query, excess: excess) }
  }

  init(_ rows: BuildRows, links: LinksUnderConstruction, entries: EntryPoints) {
    self.rows = rows
    self.links = links
    self.entries = entries
    entryRows = rows.rows(entries.nodes)
    guard let start = unsafe links.frozen.baseAddress else {
      preconditionFailure("a graph has nodes")
    }
    unsafe layout = unsafe SlimLayout(
      codec: rows.distances,
      entryCodec: entryRows.distances,
      links: start,
      count: rows.count,
      degree: links.degree,
      entries: entries.view,
      guesses: false
    )
    unsafe lanes = .allocate(capacity: Self.laneCount)
    for lane in 0..<Self.laneCount {
      unsafe (lanes + lane).initialize(
        to: Lane(
          state: WalkState(nodes: rows.count, most: max(links.degree, entries.most)),
          query: .allocate(capacity: rows.width)
        )
      )
    }
  }

  deinit {
    for lane in 0..<Self.laneCount { unsafe lanes[lane].query.deallocate() }
    unsafe lanes.deinitialize(count: Self.laneCount)
    unsafe lanes.deallocate()
  }

  /// Searches for the nodes of `range`; writes the `kept` nearest of each and the ``entries`` at which
  /// the walk began, filled up with ``GraphLinks/none``.
  func search(
    _ range: Range<Int>,
    kept: Int,
    into found: UnsafeMutableBufferPointer<UInt32>
  ) throws(BadLink) {
    let plan = WalkPlan(window: kept, kept: kept, entries: Self.entries, takesTurns: true)
    var waiting = range
    var active = 0
    while active < Self.laneCount, let node = waiting.popFirst() {
      unsafe start(node, in: lanes + active, plan)
      active += 1
    }
    while active > 0 {
      var lane = 0
      while lane < active {
        let current = unsafe lanes + lane
        if try unsafe layout.advance(current.pointee.walked, &current.pointee.state) {
          lane += 1
          continue
        }
        unsafe write(current, kept: kept, first: range.lowerBound, into: found)
        if let node = waiting.popFirst() {
          unsafe start(node, in: current, plan)
          lane += 1
        } else {
          active -= 1
          // The last lane takes the place of the one that is done.
          if lane < active { swap(lane, active) }
        }
      }
    }
  }

  private func swap(_ first: Int, _ second: Int) {
    let held = unsafe (lanes + first).move()
    unsafe (lanes + first).moveInitialize(from: lanes + second, count: 1)
    unsafe (lanes + second).initialize(to: held)
  }

  private func start(_ node: Int, in lane: UnsafeMutablePointer<Lane>, _ plan: WalkPlan) {
    unsafe lane.pointee.node = node
    unsafe lane.pointee.excess = unsafe layout.codec.load(UInt32(node), into: lane.pointee.query)
    _ = unsafe layout.begin(lane.pointee.walked, plan, &lane.pointee.state)
  }

  private func write(
    _ lane: UnsafeMutablePointer<Lane>,
    kept: Int,
    first: Int,
    into found: UnsafeMutableBufferPointer<UInt32>
  ) {
    let start = unsafe (lane.pointee.node - first) * (kept + Self.entries)
    let count = unsafe min(kept, lane.pointee.state.pool.count)
    for place in 0..<kept {
      unsafe found[start + place] =
        place < count ? CandidatePool.node(lane.pointee.state.pool[place]) : GraphLinks.none
    }
    let entered = unsafe lane.pointee.state.entered
    for place in 0..<Self.entries {
      unsafe found[start + kept + place] =
        place < entered.count ? entered.values[place] : GraphLinks.none
    }
  }
}
