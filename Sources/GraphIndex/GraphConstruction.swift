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
    let (order, nearest, k) = try neighbors(in: buildSpace)
    let nodes = distinct.nodes(inOrder: order)
    let rows = try buildRows(
      buildSpace,
      in: buildSpace.codes(statistics, seed: options.seed),
      order: order
    )
    let entries = EntryPoints(sampling: rows, seed: options.seed)
    let builder = GraphBuilder(rows: rows, plan: plan, options: options)
    let links = try builder.build(from: nearest, k: k, entries: entries)
    options.progress(BuildProgress(phase: "writing rows", done: 0, total: rows.count))
    let inOrder = VectorSet(vectors.source).subset(nodes.firstRows)
    let (store, settled) = try NodeStoreBuilder(
      reader: ImageReader(vectors: inOrder, space: space, threads: options.threads),
      plan: plan,
      links: links,
      scale: scale,
      contrast: RelativeContrast(of: rows, nearest: nearest, k: k, seed: options.seed),
      options: options
    ).build()
    return BuiltGraph(
      plan: settled,
      nodes: nodes,
      space: settled.codec.isFloat ? nil : space,
      store: store
    )
  }

  /// The order of the nodes, as places in the set, and the nearest nodes of each.
  private func neighbors(
    in space: BuildSpace
  ) throws -> (order: [UInt32], nearest: SharedArray<UInt32>, k: Int) {
    let count = space.vectors.count
    guard count > 1 else { return ([0], SharedArray([]), 0) }
    let k = min(GraphPlan.candidates, count - 1)
    let lists = try IVFBackend.makeIndex(
      over: VectorSet(space.vectors.source),
      options: BuildOptions(
        metric: space.metric,
        threads: options.threads,
        seed: options.seed,
        progress: options.progress
      )
    )
    let exact = try options.exactIndex?(VectorSet(space.vectors.source), space.metric)
    let parameters: Parameters = exact == nil ? ["margin": .real(Self.margin)] : [:]
    let found = try OwnNeighbors(
      of: VectorSet(space.vectors.source),
      in: exact ?? lists,
      k: k,
      parameters: parameters,
      wider: parameters,
      threads: options.threads
    ) { options.progress(BuildProgress(phase: "finding neighbors", done: $0, total: count)) }
    guard let listed = (lists as? any ListedIndex)?.rowsByList else {
      preconditionFailure("\(IVFBackend.name) keeps its vectors in lists")
    }
    let order = (0..<count).map { listed[$0] }
    var places = [UInt32](repeating: 0, count: count)
    for (place, row) in order.enumerated() { places[Int(row)] = UInt32(place) }
    let nearest = MutableMemory<UInt32>(count: count * k)
    for (place, row) in order.enumerated() {
      for rank in 0..<k {
        unsafe nearest.elements[place * k + rank] = places[Int(found.rows[Int(row) * k + rank])]
      }
    }
    return (order, nearest.frozen(), k)
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
