internal import CKernels
internal import IntegerScan
internal import VectorCore

/// Writes the rows of a fat layout: own codes, and for each neighbor its direction's code with two
/// numbers that turn a product with it into a score.
///
/// With u the direction from node x to neighbor n, r the centroids that its code stands for, and
/// F = |n − x| / ⟨u, r⟩, ⟨q, n⟩ is estimated as ⟨q, x⟩ + A + F · ⟨q, r⟩, where A = ⟨x, n − x⟩ − F · ⟨x, r⟩:
/// without bias for queries near x, as RaBitQ (arXiv:2405.12497) shows for random axes.
struct FatRowsBuilder: Sendable {
  let codebook: NeighborCodebook
  let links: GraphLinks
  let codes: CodedRows
  let reader: ImageReader
  private let norms: SharedArray<Int32>
  private let projected: SharedArray<Float>

  init(codebook: NeighborCodebook, links: GraphLinks, codes: CodedRows, reader: ImageReader) {
    self.codebook = codebook
    self.links = links
    self.codes = codes
    self.reader = reader
    norms = BuildRows(codes).norms
    projected = Self.project(codes, codebook, threads: reader.threads)
  }

  /// The coordinates of all nodes that directions are taken from, `[count, codebook's dimension]`.
  private static func project(
    _ codes: CodedRows,
    _ codebook: NeighborCodebook,
    threads: Int
  ) -> SharedArray<Float> {
    let dimension = codebook.dimension
    let target = MutableMemory<Float>(count: codes.count * dimension)
    parallelFor(codes.count, chunk: 256, threads: threads) { _, range in
      var room = [Float](repeating: 0, count: codebook.room)
      var image = [Float](repeating: 0, count: codes.width)
      var coded = CodedQuery(width: codes.width)
      guard let rows = unsafe codes.codes.baseAddress, let to = unsafe target.elements.baseAddress
      else { return }
      for node in range {
        let row = unsafe rows + node * codes.stride
        for column in 0..<codes.width {
          image[column] = unsafe codes.unit * (Float(row[column]) - 128)
        }
        unsafe coded.load(image, count: codes.dimension)
        unsafe codebook.project(image, coded, scale: codebook.rowScale, into: &room)
        unsafe (to + node * dimension).update(from: room, count: dimension)
      }
    }
    return target.frozen()
  }

  /// Writes all rows.
  func build() throws -> FatRows {
    let shape = FatRows.shape(width: codes.width, groups: codebook.groups, degree: links.degree)
    let rowBytes = Int(needle_fat_row_bytes(shape))
    let rows = MutableMemory<UInt8>(count: codes.count * rowBytes)
    let writers = (0..<reader.threads).map { _ in FatRowWriter(self, shape: shape) }
    try unsafe reader.each { worker, node, vector, _ in
      guard let start = unsafe rows.elements.baseAddress else { return }
      unsafe writers[worker].write(node, vector, to: start + node * rowBytes)
    }
    return FatRows(
      count: codes.count,
      degree: links.degree,
      width: codes.width,
      codebook: codebook,
      unit: codes.unit,
      rows: rows.frozen(),
      entries: links.entries
    )
  }

  /// What a row's writer reads of all nodes.
  fileprivate var pointers:
    (
      codes: UnsafePointer<UInt8>, norms: UnsafePointer<Int32>, projected: UnsafePointer<Float>,
      links: UnsafePointer<UInt32>
    )
  {
    guard let codes = unsafe codes.codes.baseAddress, let norms = unsafe norms.baseAddress,
      let projected = unsafe projected.baseAddress, let links = unsafe links.links.baseAddress
    else { preconditionFailure("a graph has nodes") }
    return unsafe (codes, norms, projected, links)
  }
}

/// Writes rows, one at a time.
// @unchecked Sendable because each thread has one of its own.
@safe
private final class FatRowWriter: @unchecked Sendable {
  private let builder: FatRowsBuilder
  private let shape: needle_fat_shape
  private let space: ScanSpace
  private let unit: Float
  /// The builder's codebook and its dimensions.
  private var codebook: needle_fat_codebook
  private let dimension: Int
  private var image: [Float]
  private var coded: CodedQuery
  private var own: [Int8]
  // Written for every link: as arrays, they would be checked for other owners each time.
  private let direction: MutableMemory<Float>
  private var query: [Float]
  private let groups: MutableMemory<UInt8>
  private var products: [[Int32]]

  init(_ builder: FatRowsBuilder, shape: needle_fat_shape) {
    self.builder = builder
    self.shape = shape
    space = builder.reader.space
    unit = builder.codes.unit * builder.codebook.rowScale
    unsafe codebook = builder.codebook.kernel
    dimension = builder.codebook.dimension
    let width = builder.codes.width
    image = Array(repeating: 0, count: width)
    coded = CodedQuery(width: width)
    own = Array(repeating: 0, count: width)
    direction = MutableMemory(count: dimension)
    query = Array(repeating: 0, count: builder.codebook.room)
    groups = MutableMemory(count: builder.codebook.groups)
    products = Array(repeating: Array(repeating: 0, count: builder.links.degree + 4), count: 3)
  }

  func write(_ node: Int, _ vector: UnsafePointer<Float>, to row: UnsafeMutablePointer<UInt8>) {
    let pointers = unsafe builder.pointers
    let (width, degree) = (builder.codes.width, builder.links.degree)
    let codes = unsafe pointers.codes + node * width
    unsafe row.update(from: codes, count: width)
    let links = unsafe pointers.links + node * degree
    var count = 0
    while unsafe count < degree && links[count] != GraphLinks.none { count += 1 }
    // The node itself as a query: scores are estimated for queries near it.
    _ = unsafe space.place(query: vector, into: &image)
    unsafe coded.load(image, count: space.dimension)
    let scale = builder.codebook.typicalQueryScale
    unsafe builder.codebook.project(image, coded, scale: scale, into: &query)
    for column in 0..<width { own[column] = unsafe Int8(bitPattern: codes[column] ^ 0x80) }
    unsafe measure(links, count)
    let excess = 128 * own.reduce(Int32(0)) { $0 &+ Int32($1) }
    var selfProduct = 0
    for column in 0..<width {
      let value = unsafe 128 * Int(coded.high[column]) + Int(coded.low[column])
      selfProduct += Int(own[column]) * value
    }
    for place in 0..<count {
      let neighbor = unsafe Int(links[place])
      let dot = products[0][place] - excess
      let squared = unsafe pointers.norms[node] + pointers.norms[neighbor] - 2 * dot
      let product = 128 * Int(products[1][place]) + Int(products[2][place]) - 128 * coded.sum
      let gain = Float(product - selfProduct) * coded.unit * scale * unit
      let distance = max(Float(squared), 1).squareRoot() * unit
      unsafe write(place, node, neighbor, distance: distance, gain: gain, to: row + width)
    }
    for place in count..<degree { unsafe finish(place, none: row + width) }
  }

  /// Products of the links' codes with the node's own, and with it as a query.
  private func measure(_ links: UnsafePointer<UInt32>, _ count: Int) {
    let pointers = unsafe builder.pointers
    let width = builder.codes.width
    let kernel = unsafe builder.codes.kernel
    unsafe needle_prefetch_rows(pointers.codes, width, links, count)
    unsafe kernel(own, pointers.codes, width, width, links, count, &products[0])
    unsafe kernel(coded.high, pointers.codes, width, width, links, count, &products[1])
    unsafe kernel(coded.low, pointers.codes, width, width, links, count, &products[2])
  }

  /// Codes one neighbor.
  private func write(
    _ place: Int,
    _ node: Int,
    _ neighbor: Int,
    distance: Float,
    gain: Float,
    to blocks: UnsafeMutablePointer<UInt8>
  ) {
    let pointers = unsafe builder.pointers
    let from = unsafe pointers.projected + node * dimension
    let to = unsafe pointers.projected + neighbor * dimension
    guard let direction = unsafe direction.elements.baseAddress,
      let groups = unsafe groups.elements.baseAddress
    else { preconditionFailure("a codebook has groups") }
    let inverse = 1 / distance
    for column in 0..<dimension {
      unsafe direction[column] = (to[column] - from[column]) * inverse
    }
    var (along, withQuery) = (Float(0), Float(0))
    let encode = unsafe needle_fat_kernels_for(needle_simd_level()).pointee.encode
    unsafe encode(direction, query, &codebook, groups, &along, &withQuery)
    let factor = along > 1e-6 ? distance / along : 0
    let block = unsafe self.block(place, of: blocks)
    let (lane, shift) = (place % 16, UInt8(place % 32 < 16 ? 0 : 4))
    for group in 0..<shape.groups {
      unsafe block.codes[group * 16 + lane] |= groups[group] << shift
    }
    let slot = place % 32
    unsafe block.bases[slot] = half(gain - factor * withQuery)
    unsafe block.factors[slot] = half(factor)
    unsafe block.nodes[slot] = UInt32(neighbor)
  }

  /// Marks a place as that of no neighbor, whose score is minus infinity.
  private func finish(_ place: Int, none blocks: UnsafeMutablePointer<UInt8>) {
    let block = unsafe self.block(place, of: blocks)
    unsafe block.bases[place % 32] = 0xFC00
    unsafe block.nodes[place % 32] = GraphLinks.none
  }

  private func block(
    _ place: Int,
    of blocks: UnsafeMutablePointer<UInt8>
  ) -> (
    codes: UnsafeMutablePointer<UInt8>, bases: UnsafeMutablePointer<UInt16>,
    factors: UnsafeMutablePointer<UInt16>, nodes: UnsafeMutablePointer<UInt32>
  ) {
    let size = 32 * (shape.groups / 2 + 8)
    let start = unsafe blocks + place / 32 * size
    let bases = unsafe UnsafeMutableRawPointer(start + 16 * shape.groups)
    return unsafe (
      start, bases.assumingMemoryBound(to: UInt16.self),
      (bases + 64).assumingMemoryBound(to: UInt16.self),
      (bases + 128).assumingMemoryBound(to: UInt32.self)
    )
  }

  private func half(_ value: Float) -> UInt16 {
    var value = max(-65_504, min(65_504, value))
    var bits: UInt16 = 0
    unsafe needle_convert(needle_simd_level()).pointee.to_f16(&value, 1, &bits)
    return bits
  }
}
