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
  /// Nodes at which walks may begin.
  private static let entryCount = 64

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
    let buildSpace = try BuildSpace(set, metric: metric, threads: options.threads)

    let (order, nearest, k) = try neighbors(in: buildSpace)
    let nodes = distinct.nodes(inOrder: order)
    let inOrder = VectorSet(vectors.source).subset(nodes.firstRows)
    let reader = ImageReader(vectors: inOrder, space: space, threads: options.threads)
    let scale = try reader.scale()
    let plan = try GraphPlan(parameters, dimension: space.dimension, scale: scale)

    let rows = try buildRows(buildSpace, order: order)
    let entries = (0..<min(Self.entryCount, rows.count)).map { place in
      UInt32(SplitMix64.value(seed: options.seed, at: UInt64(place)) % UInt64(rows.count))
    }
    let builder = GraphBuilder(rows: rows, plan: plan, options: options)
    let links = try builder.build(from: nearest, k: k, entries: Array(Set(entries)).sorted())
    let store = try NodeStoreBuilder(
      reader: reader,
      plan: plan,
      links: links,
      scale: scale,
      seed: options.seed
    ).build()
    let needsSpace = plan.codec != .float && plan.codec != .half
    return BuiltGraph(plan: plan, nodes: nodes, space: needsSpace ? space : nil, store: store)
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
    let found = try OwnNeighbors(
      of: VectorSet(space.vectors.source),
      in: lists,
      k: k,
      parameters: ["margin": .real(Self.margin)],
      wider: ["margin": .real(Self.margin)],
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
  private func buildRows(_ space: BuildSpace, order: [UInt32]) throws -> BuildRows {
    let metric: Metric = space.metric == .squaredL2 ? .innerProduct : space.metric
    let statistics = try SetStatistics(of: space.vectors, metric: metric, threads: options.threads)
    let reader = ImageReader(
      vectors: VectorSet(space.vectors.source).subset(order),
      space: statistics.space(metric: metric, seed: options.seed),
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
    return BuildRows(writer.finished())
  }

  private func scratch(width: Int) -> [MutableMemory<UInt8>] {
    (0..<options.threads).map { _ in MutableMemory<UInt8>(count: width) }
  }
}

/// Writes the rows of a layout, and those that candidates are ranked by.
struct NodeStoreBuilder {
  let reader: ImageReader
  let plan: GraphPlan
  let links: GraphLinks
  let scale: ValueScale
  let seed: UInt64

  func build() throws -> NodeStore {
    switch plan.codec {
    case .float, .half: return try floats(isHalf: plan.codec == .half)
    case .bytes: return try coded(.bytes)
    case .nibbles: return try coded(.nibbles)
    case .bits where plan.layout == .slim: return try coded(.bits)
    case .bits, .products: return try fat()
    case .lean: return try lean()
    }
  }

  private func coded(_ kind: CodedRows.Kind) throws -> NodeStore {
    let (codes, rerank) = try encode(kind, plan.rerank)
    return NodeStore(layout: .codes(links, codes, along: nil), rerank: rerank)
  }

  private func lean() throws -> NodeStore {
    let (whole, _) = try encode(.bytes, .none)
    guard let lean = LeanAxes(for: whole, seed: seed, threads: reader.threads, always: true) else {
      preconditionFailure("axes were asked for")
    }
    let encoder = LeanEncoder(reader: reader, lean: lean, width: whole.width)
    let (codes, rests) = try encoder.encode()
    var rerank = Rerank(
      kind: .residual,
      rowBytes: whole.width,
      bytes: rests,
      restUnit: encoder.restUnit
    )
    if plan.rerank != .residual { rerank = try encode(.bytes, plan.rerank).1 }
    return NodeStore(layout: .codes(links, codes, along: lean.axes), rerank: rerank)
  }

  private func fat() throws -> NodeStore {
    let (codes, rerank) = try encode(.bytes, plan.rerank)
    let codebook = try self.codebook(for: codes)
    let rows = try FatRowsBuilder(codebook: codebook, links: links, codes: codes, reader: reader)
      .build()
    return NodeStore(layout: .fat(rows), rerank: rerank)
  }

  private func codebook(for codes: CodedRows) throws -> NeighborCodebook {
    let space = reader.space
    let lengths = try queryLengths()
    let rowLength = scale.rootMeanSquare * Float(space.dimension).squareRoot()
    let rowScale = rowLength > 0 ? 1 / rowLength : 1
    let queryScale = lengths > 0 ? 1 / lengths : 1
    let normalizes = space.metric != .squaredL2
    guard plan.codec == .products else {
      return .signs(
        dimension: space.dimension,
        rowScale: rowScale,
        queryScale: queryScale,
        normalizes: normalizes
      )
    }
    return .trained(
      on: links,
      of: codes,
      groups: plan.groups,
      rowScale: rowScale,
      queryScale: queryScale,
      normalizes: normalizes,
      seed: seed,
      threads: reader.threads
    )
  }

  /// The root of the mean squared length of the vectors as queries.
  private func queryLengths() throws -> Float {
    let count = reader.vectors.count
    let squares = MutableMemory<Double>(count: count)
    let space = reader.space
    let room = (0..<reader.threads).map { _ in MutableMemory<Float>(count: space.dimension + 64) }
    try unsafe reader.each { worker, node, vector, _ in
      guard let image = unsafe room[worker].elements.baseAddress else { return }
      let length = unsafe Double(space.place(query: vector, into: image))
      unsafe squares.elements[node] = length * length
    }
    return unsafe Float((squares.elements.reduce(0, +) / Double(count)).squareRoot())
  }

  private func encode(
    _ kind: CodedRows.Kind,
    _ ranked: Rerank.Kind
  ) throws -> (CodedRows, Rerank) {
    let (count, dimension) = (reader.vectors.count, reader.vectors.dimension)
    let width = kind.width(dimension: reader.space.dimension)
    let writer = CodedRowsWriter(kind, count: count, dimension: reader.space.dimension, scale: scale)
    let rerank = RerankWriter(
      ranked,
      count: count,
      dimension: dimension,
      width: CodedRows.Kind.bytes.width(dimension: reader.space.dimension),
      restUnit: kind.restUnit(scale)
    )
    let room = (0..<reader.threads).map { _ in MutableMemory<UInt8>(count: width) }
    try unsafe reader.each { worker, node, vector, image in
      guard let plain = unsafe room[worker].elements.baseAddress else { return }
      unsafe writer.write(image, as: node, plain: plain)
      unsafe rerank.write(
        node,
        vector: vector,
        dimension: dimension,
        image: image,
        plain: plain,
        of: writer
      )
    }
    return (writer.finished(), rerank.finished())
  }

  private func floats(isHalf: Bool) throws -> NodeStore {
    let (count, dimension) = (reader.vectors.count, reader.vectors.dimension)
    let stride = FloatRows.stride(dimension: dimension, isHalf: isHalf)
    let kind: Rerank.Kind = isHalf ? .half : .float
    let rows = RerankWriter(kind, count: count, dimension: dimension, width: 0, restUnit: 1)
    let rerank = RerankWriter(plan.rerank, count: count, dimension: dimension, width: 0, restUnit: 1)
    let none = CodedRowsWriter(.bytes, count: 0, dimension: dimension, scale: scale)
    let plain = MutableMemory<UInt8>(count: 1)
    try unsafe reader.each { _, node, vector, image in
      guard let plain = unsafe plain.elements.baseAddress else { return }
      for writer in [rows, rerank] {
        unsafe writer.write(
          node,
          vector: vector,
          dimension: dimension,
          image: image,
          plain: plain,
          of: none
        )
      }
    }
    return NodeStore(
      layout: .floats(
        links,
        FloatRows(isHalf: isHalf, stride: stride, bytes: rows.finished().bytes)
      ),
      rerank: rerank.finished()
    )
  }
}
