internal import CKernels
internal import IndexStore
internal import IntegerScan
internal import VectorCore

/// Writes the rows of a layout, and those that candidates are ranked by.
struct NodeStoreBuilder {
  let reader: ImageReader
  let plan: GraphPlan
  let links: GraphLinks
  let scale: ValueScale
  let contrast: RelativeContrast
  let options: BuildOptions

  /// Below both of these the codes of directions do not tell neighbors apart.
  private static let leastContrast = 1.25
  private static let leastExplained: Float = 0.75

  /// Writes them; the plan comes back with the codec that an open one came to.
  func build() throws -> (NodeStore, GraphPlan) {
    switch plan.codec {
    case .float, .half: return (try floats(isHalf: plan.codec == .half), plan)
    case .bytes: return (try coded(.bytes), plan)
    case .nibbles: return (try coded(.nibbles), plan)
    case .bits where plan.layout == .slim: return (try coded(.bits), plan)
    case .bits, .products:
      let (codes, rerank) = try encode(.bytes, plan.rerank)
      let codebook = try self.codebook(for: codes)
      if plan.mayFallBack && isTooHard(for: codebook) {
        let slim = plan.replacing(
          codec: .bytes,
          because: "neighbors are nearly as far as others: codes of directions tell too little"
        )
        return (NodeStore(layout: .codes(links, codes, along: nil), rerank: rerank), slim)
      }
      let rows = try FatRowsBuilder(
        codebook: codebook,
        links: links,
        codes: codes,
        reader: reader
      ).build()
      return (NodeStore(layout: .fat(rows), rerank: rerank), plan)
    case .lean:
      let (images, differences) = try samples()
      let lean = LeanAxes(
        of: images,
        differences: differences,
        seed: options.seed,
        threads: options.threads
      )
      guard lean.saves || !plan.mayFallBack else {
        return (try coded(.nibbles), plan.replacing(codec: .nibbles, because: lean.reason))
      }
      return (try coded(along: lean), plan)
    }
  }

  private func coded(_ kind: CodedRows.Kind) throws -> NodeStore {
    let (codes, rerank) = try encode(kind, plan.rerank)
    return NodeStore(layout: .codes(links, codes, along: nil), rerank: rerank)
  }

  /// Images of some nodes, and how those of neighbors differ from them.
  private func samples() throws -> (images: [[Float]], differences: [[Float]]) {
    let count = reader.vectors.count
    let nodes = seededShuffle(of: count, seed: options.seed).prefix(LeanAxes.sample)
      .filter { !links.neighbors(of: Int($0)).isEmpty }
    guard !nodes.isEmpty else {
      let images = try reader.images(of: [0])
      return (images, images)
    }
    let neighbors = nodes.enumerated().map { place, node in
      // The first links are the nearest.
      let near = links.neighbors(of: Int(node)).prefix(8)
      return near[place % near.count]
    }
    let images = try reader.images(of: nodes)
    let differences = zip(images, try reader.images(of: neighbors)).map { from, to in
      zip(from, to).map { $1 - $0 }
    }
    return (images, differences)
  }

  private func coded(along lean: LeanAxes) throws -> NodeStore {
    let width = CodedRows.Kind.bytes.width(dimension: reader.space.dimension)
    let encoder = LeanEncoder(reader: reader, lean: lean, width: width)
    let (codes, rests) = try encoder.encode(withRests: plan.rerank == .residual)
    let rerank =
      plan.rerank == .residual
      ? Rerank(kind: .residual, rowBytes: width, bytes: rests, restUnit: encoder.restUnit)
      : try encode(.bytes, plan.rerank).1
    return NodeStore(layout: .codes(links, codes, along: lean.axes), rerank: rerank)
  }

  private func isTooHard(for codebook: NeighborCodebook) -> Bool {
    contrast.value < Self.leastContrast && codebook.explained < Self.leastExplained
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
      seed: options.seed,
      threads: options.threads
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
    let writer = CodedRowsWriter(
      kind,
      count: count,
      dimension: reader.space.dimension,
      scale: scale
    )
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
    let rerank = RerankWriter(
      plan.rerank,
      count: count,
      dimension: dimension,
      width: 0,
      restUnit: 1
    )
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
