internal import CKernels
internal import IntegerScan
internal import VectorCore

/// The last candidates of a query, ranked by their final distances; reused.
@safe
struct Ranking: ~Copyable {
  private var nodes: [UInt32] = []
  private var distances: [Float] = []
  /// Whether the distances already hold the products with the walk's codes.
  private var haveProducts = false
  private var products: [Int32] = []
  private var rows: [UInt32] = []
  private var spread: [Float] = []
  private var keys: [UInt64] = []
  private var bestRows: [UInt32] = []
  private var bestDistances: [Float] = []

  /// Takes up to `most` candidates from a walk's pool.
  ///
  /// Where its distances are those by all bits of the walk's codes, `unit` times one is minus the product.
  mutating func take(_ pool: borrowing CandidatePool, most: Int, unit: Float? = nil) {
    nodes.removeAll(keepingCapacity: true)
    for place in 0..<min(most, pool.count) { nodes.append(CandidatePool.node(pool[place])) }
    let room = (nodes.count + 3) / 4 * 4
    Self.grow(&distances, to: room)
    Self.grow(&products, to: room)
    haveProducts = unit != nil
    guard let unit else { return }
    for place in nodes.indices { distances[place] = -unit * CandidatePool.distance(pool[place]) }
  }

  /// Asks for the rows to rank by, and for the candidates' numbers.
  func prefetch(_ source: RankingRows) {
    unsafe nodes.withUnsafeBufferPointer { nodes in
      guard let first = nodes.baseAddress else { return }
      unsafe source.prefetch(first, count: nodes.count)
    }
  }

  /// Measures the candidates and writes the `k` nearest rows of `query`.
  mutating func finish(
    _ source: RankingRows,
    _ forms: borrowing QueryForms,
    k: Int,
    query: Int,
    into results: NearestRows.Writer
  ) {
    unsafe measure(source, forms)
    let count: Int
    if unsafe source.haveOneRowEach {
      count = nodes.count
      Self.grow(&rows, to: count)
      for place in 0..<count { rows[place] = unsafe source.numbers[Int(nodes[place])] }
    } else {
      count = unsafe expand(source, k: k)
    }
    Self.grow(&keys, to: count)
    Self.grow(&bestRows, to: count)
    Self.grow(&bestDistances, to: count)
    let wanted = min(k, count)
    // Not with either as a value, whose references would be counted.
    if unsafe source.haveOneRowEach {
      unsafe needle_rank(distances, rows, count, wanted, &keys, &bestRows, &bestDistances)
    } else {
      unsafe needle_rank(spread, rows, count, wanted, &keys, &bestRows, &bestDistances)
    }
    unsafe results.set(query: query, rows: bestRows, distances: bestDistances, count: wanted)
  }

  /// Replaces nodes by those of their rows that may be found, up to `k` of each; returns their number.
  private mutating func expand(_ source: RankingRows, k: Int) -> Int {
    rows.removeAll(keepingCapacity: true)
    spread.removeAll(keepingCapacity: true)
    for place in nodes.indices {
      var left = k
      for number in unsafe GraphNodes.places(of: Int(nodes[place]), beginningAt: source.starts) {
        let row = unsafe source.numbers[number]
        guard unsafe source.matches(row) else { continue }
        rows.append(row)
        spread.append(distances[place])
        left &-= 1
        if left == 0 { break }
      }
    }
    return rows.count
  }

  private mutating func measure(_ source: RankingRows, _ forms: borrowing QueryForms) {
    if let vectors = unsafe source.vectors {
      return unsafe FloatRows.measure(
        forms.walked,
        rows: vectors.start,
        stride: vectors.stride,
        isHalf: vectors.isHalf,
        metric: source.metric,
        nodes,
        count: nodes.count,
        into: &distances
      )
    }
    if !haveProducts { unsafe addCodes(source, forms) }
    if let rests = unsafe source.rests { unsafe add(rests, forms.whole) }
    let factor: Float = unsafe source.metric == .squaredL2 ? 2 : 1
    for place in nodes.indices { distances[place] = forms.common - factor * distances[place] }
  }

  private mutating func addCodes(_ source: RankingRows, _ forms: borrowing QueryForms) {
    for place in nodes.indices { distances[place] = 0 }
    guard let codes = unsafe source.codes else { return }
    if unsafe source.areAlongAxes {
      unsafe add(codes, forms.along)
    } else {
      unsafe add(codes, forms.whole)
    }
  }

  private mutating func add(_ part: RankingRows.Part, _ query: borrowing CodedQuery) {
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
