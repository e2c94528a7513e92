internal import CKernels
internal import IntegerScan
internal import VectorCore

/// The memory of one query under way: its forms, its walk, and its last candidates.
// @unchecked Sendable because a slot is out of the store while it is used, so one thread has it.
@safe
final class SearchSlot: @unchecked Sendable {
  let forms: UnsafeMutablePointer<QueryForms>
  let state: UnsafeMutablePointer<WalkState>
  let ranking: UnsafeMutablePointer<Ranking>

  init(_ index: HNSWIndex) {
    let store = index.store
    unsafe forms = .allocate(capacity: 1)
    unsafe state = .allocate(capacity: 1)
    unsafe ranking = .allocate(capacity: 1)
    unsafe forms.initialize(
      to: QueryForms(
        dimension: index.summary.dimension,
        space: index.space,
        store: store
      )
    )
    // A filtered walk looks at its neighbors' neighbors as well.
    let most = max(2 * store.layout.degree, store.entries.most, EntryPoints.mostSampled)
    unsafe state.initialize(
      to: WalkState(nodes: store.layout.marksNodes ? index.nodes.count : 0, most: most)
    )
    unsafe ranking.initialize(to: Ranking())
  }

  deinit {
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
