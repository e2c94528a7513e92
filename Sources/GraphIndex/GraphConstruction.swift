internal import CKernels
internal import ClusterIndex
internal import IndexStore
internal import IntegerScan
internal import VectorCore

/// What a construction makes of a set.
struct BuiltGraph {
  let plan: GraphPlan
  let nodes: GraphNodes
  let space: ScanSpace?
  let store: NodeStore
}

/// Builds an index, step by step: distinct rows, their nearest neighbors, links, rows of the layout.
struct GraphConstruction {
  private let vectors: VectorSet
  private let parameters: HNSWParameters
  private let options: BuildOptions

  /// The margin of the search for nearest neighbors, see `ivf`: more of them would be among the
  /// candidates, which the second pass finds too.
  private static let margin = 1.75

  init(_ vectors: VectorSet, _ parameters: HNSWParameters, _ options: BuildOptions) throws {
    try checkCodedDimension(of: vectors, for: HNSWBackend.name)
    if let given = options.neighbors, given.count != vectors.count {
      throw IndexError.invalidParameter(
        name: "neighbors",
        value: "lists of \(given.count) rows",
        allowed: "lists of the \(vectors.count) vectors of the set"
      )
    }
    self.vectors = vectors
    self.parameters = parameters
    self.options = options
  }

  func build() throws -> BuiltGraph {
    let metric = options.metric
    let distinct = try DistinctRows(of: vectors, metric: metric, threads: options.threads)
    let set = distinct.copies.isEmpty ? vectors : vectors.subset(distinct.rows)
    let statistics = try SetStatistics(of: set, metric: metric, threads: options.threads)
    let space = statistics.space(metric: metric, seed: options.seed)
    let scale = try ImageReader(vectors: set, space: space, threads: options.threads).scale()
    // What is refused is refused before the long work.
    let plan = try GraphPlan(
      parameters,
      dimension: vectors.dimension,
      spaceDimension: space.dimension,
      scale: scale,
      values: ValueScale(
        largest: statistics.largest,
        rootMeanSquare: statistics.rootMeanSquare
      )
    )

    let buildSpace = try BuildSpace(set, metric: metric, threads: options.threads)
    let (order, near) = try neighbors(of: distinct, in: buildSpace)
    let nodes = distinct.nodes(inOrder: order)
    let rows = try buildRows(
      buildSpace,
      in: buildSpace.codes(statistics, seed: options.seed),
      order: order
    )
    let entries = EntryPoints(sampling: rows, seed: options.seed)
    let builder = GraphBuilder(rows: rows, plan: plan, options: options)
    let links = try builder.build(from: near, entries: entries)
    options.progress(BuildProgress(phase: "writing rows", done: 0, total: rows.count))
    let inOrder = VectorSet(vectors.source).subset(nodes.firstRows)
    let (store, settled) = try NodeStoreBuilder(
      reader: ImageReader(vectors: inOrder, space: space, threads: options.threads),
      plan: plan,
      links: links,
      scale: scale,
      contrast: RelativeContrast(of: rows, near: near, seed: options.seed),
      options: options
    ).build()
    return BuiltGraph(
      plan: settled,
      nodes: nodes,
      space: settled.codec.isFloat ? nil : space,
      store: store
    )
  }

  /// The nodes of some rows in an order that keeps near ones together, and the nodes near each.
  private func neighbors(
    of distinct: DistinctRows,
    in space: BuildSpace
  ) throws -> (order: [UInt32], near: NearNodes) {
    let count = space.vectors.count
    guard count > 1 else { return ([0], .ofOne) }
    let lists = try IVFBackend.briefLists(
      over: VectorSet(space.vectors.source),
      options: BuildOptions(
        metric: space.metric,
        threads: options.threads,
        seed: options.seed,
        progress: options.progress
      )
    )
    let listed = lists.rowsByList
    let order = (0..<count).map { listed[$0] }
    guard let given = options.neighbors else {
      return (order, try search(space, lists, order: order))
    }
    return (order, NearNodes(given, of: distinct.nodes(inOrder: order)))
  }

  /// Searches for the nearest nodes of each node.
  private func search(
    _ space: BuildSpace,
    _ lists: any VectorIndex,
    order: [UInt32]
  ) throws -> NearNodes {
    let set = VectorSet(space.vectors.source)
    let k = min(GraphPlan.candidates, set.count - 1)
    let exact = try options.exactIndex?(set, space.metric)
    let parameters: Parameters = exact == nil ? ["margin": .real(Self.margin)] : [:]
    let found = try OwnNeighbors(
      of: set,
      in: exact ?? lists,
      k: k,
      parameters: parameters,
      wider: parameters,
      threads: options.threads
    ) { options.progress(BuildProgress(phase: "finding neighbors", done: $0, total: set.count)) }
    let places = MutableMemory<UInt32>(count: set.count)
    for (place, row) in order.enumerated() {
      unsafe places.elements[Int(row)] = UInt32(place)
    }
    return NearNodes(found.rows, width: k, rowOfNode: order, nodeOfRow: places)
  }

  /// Bytes of the nodes in the space in which links are chosen.
  private func buildRows(
    _ space: BuildSpace,
    in codes: ScanSpace,
    order: [UInt32]
  ) throws -> BuildRows {
    let reader = ImageReader(
      vectors: VectorSet(space.vectors.source).subset(order),
      space: codes,
      threads: options.threads
    )
    let dimension = reader.space.dimension
    let writer = CodedRowsWriter(
      .bytes,
      count: order.count,
      dimension: dimension,
      scale: try reader.scale()
    )
    let plain = scratch(width: CodedRows.Kind.bytes.width(dimension: dimension))
    try unsafe reader.each { worker, node, _, image in
      guard let plain = unsafe plain[worker].elements.baseAddress else { return }
      unsafe writer.write(image, as: node, plain: plain)
    }
    return BuildRows(writer.finished(), byProduct: space.lengthsDiffer)
  }

  private func scratch(width: Int) -> [MutableMemory<UInt8>] {
    (0..<options.threads).map { _ in MutableMemory<UInt8>(count: width) }
  }
}
