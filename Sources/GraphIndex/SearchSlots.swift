internal import CKernels
internal import IntegerScan
internal import VectorCore

/// What one thread answers queries with: slots for those under way at a time, and what prepares them.
// @unchecked Sendable because slots are out of the store while they are used, so one thread has them.
@safe
final class SearchSlots: @unchecked Sendable {
  /// The memory of one query under way: its forms, which come from a ``QueryBlock``, its walk, and its last
  /// candidates.
  @safe
  struct Slot {
    let forms: UnsafeMutablePointer<QueryForms> = .allocate(capacity: 1)
    let state: UnsafeMutablePointer<WalkState> = .allocate(capacity: 1)
    let ranking: UnsafeMutablePointer<Ranking> = .allocate(capacity: 1)
    /// The number of the query.
    var query = 0
  }

  let block: QueryBlock
  private let slots: UnsafeMutablePointer<Slot>
  private var count = 0

  /// Makes room for ``HNSWIndex/walks`` slots.
  init(_ index: HNSWIndex) {
    block = QueryBlock(HNSWIndex.walks, for: index)
    unsafe slots = .allocate(capacity: HNSWIndex.walks)
  }

  /// The first `wanted` slots, valid while this is alive; of those that no query needed so far, the memory is
  /// allocated.
  func prepared(_ wanted: Int, for index: HNSWIndex) -> UnsafeMutablePointer<Slot> {
    precondition(wanted <= HNSWIndex.walks, "\(wanted) slots")
    while count < wanted {
      unsafe (slots + count).initialize(to: Slot(index))
      count += 1
    }
    return unsafe slots
  }

  deinit {
    for place in 0..<count { unsafe slots[place].free() }
    unsafe slots.deallocate()
  }
}

extension SearchSlots.Slot {
  fileprivate init(_ index: HNSWIndex) {
    let store = index.store
    unsafe forms.initialize(to: QueryForms(index))
    // A filtered walk looks at its neighbors' neighbors as well.
    let most = max(2 * store.layout.degree, store.entries.most, EntryPoints.mostSampled)
    unsafe state.initialize(
      to: WalkState(nodes: store.layout.marksNodes ? index.nodes.count : 0, most: most)
    )
    unsafe ranking.initialize(to: Ranking())
  }

  fileprivate func free() {
    unsafe forms.deinitialize(count: 1)
    unsafe forms.deallocate()
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
    unsafe ranking.deinitialize(count: 1)
    unsafe ranking.deallocate()
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
