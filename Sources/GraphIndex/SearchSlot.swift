internal import CKernels
internal import IntegerScan
internal import VectorCore

/// The memory of one query under way: its forms, which come from a ``QueryBlock``, its walk, and its last
/// candidates.
// @unchecked Sendable because a slot is out of the store while it is used, so one thread has it.
@safe
final class SearchSlot: @unchecked Sendable {
  /// Where the parts are, for as long as the slot is there.
  @safe
  struct Memory {
    let forms: UnsafeMutablePointer<QueryForms> = .allocate(capacity: 1)
    let state: UnsafeMutablePointer<WalkState> = .allocate(capacity: 1)
    let ranking: UnsafeMutablePointer<Ranking> = .allocate(capacity: 1)
  }

  let memory = Memory()
  private var block: QueryBlock?

  init(_ index: HNSWIndex) {
    let store = index.store
    unsafe memory.forms.initialize(to: QueryForms(index))
    // A filtered walk looks at its neighbors' neighbors as well.
    let most = max(2 * store.layout.degree, store.entries.most, EntryPoints.mostSampled)
    unsafe memory.state.initialize(
      to: WalkState(nodes: store.layout.marksNodes ? index.nodes.count : 0, most: most)
    )
    unsafe memory.ranking.initialize(to: Ranking())
  }

  /// What prepares queries for this slot and those beside it.
  func block(for index: HNSWIndex) -> QueryBlock {
    if let block { return block }
    let made = QueryBlock(HNSWIndex.walks, for: index)
    block = made
    return made
  }

  deinit {
    unsafe memory.forms.deinitialize(count: 1)
    unsafe memory.forms.deallocate()
    unsafe memory.state.deinitialize(count: 1)
    unsafe memory.state.deallocate()
    unsafe memory.ranking.deinitialize(count: 1)
    unsafe memory.ranking.deallocate()
  }
}

extension NodeStore.Layout {
  /// The axes that the codes are about.
  var axes: Projection? {
    if case .codes(_, _, let axes) = self { axes } else { nil }
  }

  var codebook: NeighborCodebook? {
    if case .fat(let rows) = self { rows.codebook } else { nil }
  }

  /// The most nodes of one step.
  var degree: Int {
    switch self {
    case .codes(let links, _, _), .floats(let links, _): links.degree
    case .fat(let rows): rows.degree
    }
  }

  /// Whether a walk keeps a bit for each node.
  var marksNodes: Bool {
    if case .fat = self { false } else { true }
  }
}
