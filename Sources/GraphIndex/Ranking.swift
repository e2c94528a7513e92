internal import CKernels
internal import IntegerScan
internal import VectorCore

/// The last candidates of a query, ranked by their final distances; reused.
@safe
struct Ranking: ~Copyable {
  private var nodes: [UInt32] = []
  private var distances: [Float] = []
  private var products: [Int32] = []
  private var rows: [UInt32] = []
  private var spread: [Float] = []
  private var keys: [UInt64] = []
  private var bestRows: [UInt32] = []
  private var bestDistances: [Float] = []

  /// Takes up to `most` candidates from a walk's pool.
  mutating func take(_ pool: borrowing CandidatePool, most: Int) {
    nodes.removeAll(keepingCapacity: true)
    for place in 0..<min(most, pool.count) { nodes.append(CandidatePool.node(pool[place])) }
    let room = (nodes.count + 3) / 4 * 4
    Self.grow(&distances, to: room)
    Self.grow(&products, to: room)
  }

  /// Asks for the rows to rank by, and for the candidates' numbers.
  func prefetch(_ index: HNSWIndex) {
    guard let numbers = unsafe index.nodes.rows.baseAddress else { return }
    unsafe nodes.withUnsafeBufferPointer { nodes in
      guard let first = nodes.baseAddress else { return }
      for place in 0..<nodes.count { unsafe needle_prefetch(numbers + Int(first[place])) }
      unsafe index.store.rerank.prefetch(first, count: nodes.count)
    }
  }

  /// Measures the candidates and writes the `k` nearest rows of `query`.
  mutating func finish(
    _ index: HNSWIndex,
    _ forms: borrowing QueryForms,
    k: Int,
    query: Int,
    into results: NearestRows.Writer
  ) {
    measure(index, forms)
    let count = expand(index.nodes, k: k)
    Self.grow(&keys, to: count)
    Self.grow(&bestRows, to: count)
    Self.grow(&bestDistances, to: count)
    let wanted = min(k, count)
    unsafe needle_rank(spread, rows, count, wanted, &keys, &bestRows, &bestDistances)
    unsafe results.set(query: query, rows: bestRows, distances: bestDistances, count: wanted)
  }

  /// Replaces nodes by their rows, up to `k` of each; returns their number.
  private mutating func expand(_ graph: GraphNodes, k: Int) -> Int {
    rows.removeAll(keepingCapacity: true)
    spread.removeAll(keepingCapacity: true)
    for place in nodes.indices {
      for row in graph.places(of: Int(nodes[place])).prefix(k) {
        rows.append(graph.rows[row])
        spread.append(distances[place])
      }
    }
    return rows.count
  }

  private mutating func measure(_ index: HNSWIndex, _ forms: borrowing QueryForms) {
    let rerank = index.store.rerank
    guard let start = unsafe rerank.bytes.baseAddress, rerank.kind == .half || rerank.kind == .float
    else { return measureCodes(index, forms) }
    let isHalf = rerank.kind == .half
    unsafe FloatRows.measure(
      forms.walked,
      rows: UnsafeRawPointer(start),
      stride: rerank.rowBytes / (isHalf ? 2 : 4),
      isHalf: isHalf,
      metric: index.summary.metric,
      nodes,
      count: nodes.count,
      into: &distances
    )
  }

  private mutating func measureCodes(_ index: HNSWIndex, _ forms: borrowing QueryForms) {
    switch index.store.layout {
    case .floats(_, let rows):
      guard let start = unsafe rows.bytes.baseAddress else { return }
      unsafe FloatRows.measure(
        forms.walked,
        rows: UnsafeRawPointer(start),
        stride: rows.stride,
        isHalf: rows.isHalf,
        metric: index.summary.metric,
        nodes,
        count: nodes.count,
        into: &distances
      )
    case .codes(_, let codes, let axes):
      guard let start = unsafe codes.codes.baseAddress else { return }
      let kind = codes.kind
      for place in nodes.indices { distances[place] = 0 }
      let kernel = unsafe codes.kernel
      let part = unsafe Part(
        kernel: kernel,
        codes: start,
        stride: codes.stride,
        width: codes.width,
        zero: kind.zero,
        unit: codes.unit
      )
      if axes == nil { unsafe add(part, forms.whole) } else { unsafe add(part, forms.along) }
      finishCodes(index, forms)
    case .fat(let rows):
      guard let start = unsafe rows.rows.baseAddress else { return }
      for place in nodes.indices { distances[place] = 0 }
      let kernel = unsafe needle_code_kernels_for(needle_simd_level()).pointee.bytes
      let part = unsafe Part(
        kernel: kernel,
        codes: start,
        stride: rows.rowBytes,
        width: rows.width,
        zero: 128,
        unit: rows.unit
      )
      unsafe add(part, forms.whole)
      finishCodes(index, forms)
    }
  }

  /// Adds what the codes leave over, and turns scores into distances.
  private mutating func finishCodes(_ index: HNSWIndex, _ forms: borrowing QueryForms) {
    let rerank = index.store.rerank
    if rerank.kind == .residual, let rests = unsafe rerank.bytes.baseAddress {
      let kernel = unsafe needle_code_kernels_for(needle_simd_level()).pointee.bytes
      let part = unsafe Part(
        kernel: kernel,
        codes: rests,
        stride: rerank.rowBytes,
        width: rerank.rowBytes,
        zero: 128,
        unit: rerank.restUnit
      )
      unsafe add(part, forms.whole)
    }
    let factor: Float = index.summary.metric == .squaredL2 ? 2 : 1
    for place in nodes.indices { distances[place] = forms.common - factor * distances[place] }
  }

  /// A part of the scores: unit · Σ query · (code − zero).
  @unsafe
  private struct Part {
    let kernel: needle_code_products_pointer
    let codes: UnsafePointer<UInt8>
    let stride: Int
    let width: Int
    let zero: Float
    let unit: Float
  }

  private mutating func add(_ part: Part, _ query: borrowing CodedQuery) {
    let (kernel, codes) = unsafe (part.kernel, part.codes)
    let (stride, width) = unsafe (part.stride, part.width)
    let scale = unsafe Double(part.unit) * Double(query.unit)
    let nothing = unsafe Double(part.zero) * Double(query.sum)
    unsafe kernel(query.high, codes, stride, width, nodes, nodes.count, &products)
    for place in nodes.indices {
      distances[place] += Float(scale * (128 * Double(products[place]) - nothing))
    }
    unsafe kernel(query.low, codes, stride, width, nodes, nodes.count, &products)
    for place in nodes.indices { distances[place] += Float(scale * Double(products[place])) }
  }

  private static func grow<Element: Numeric>(_ array: inout [Element], to count: Int) {
    if array.count < count { array += Array(repeating: 0, count: count - array.count) }
  }
}

extension FloatRows {
  /// Writes the distances from a query to some rows; room for `count` rounded up to 4.
  static func measure(
    _ query: WalkQuery,
    rows: UnsafeRawPointer,
    stride: Int,
    isHalf: Bool,
    metric: Metric,
    _ nodes: UnsafePointer<UInt32>,
    count: Int,
    into distances: UnsafeMutablePointer<Float>
  ) {
    let kernels = unsafe needle_row_kernels_for(needle_simd_level()).pointee
    let isL2 = metric == .squaredL2
    let values = unsafe query.values.unsafelyUnwrapped
    if isHalf {
      let kernel = unsafe isL2 ? kernels.squared_l2_f16 : kernels.dot_f16
      let rows = unsafe rows.assumingMemoryBound(to: UInt16.self)
      unsafe kernel(values, rows, stride, nodes, count, distances)
    } else {
      let kernel = unsafe isL2 ? kernels.squared_l2 : kernels.dot
      let rows = unsafe rows.assumingMemoryBound(to: Float.self)
      unsafe kernel(values, rows, stride, nodes, count, distances)
    }
  }
}
