import CKernels
import Testing
import VectorCore

/// The integer kernels of one instruction set.
// @unchecked Sendable because the table is constant.
@safe
struct Int8Kernels: @unchecked Sendable, CustomTestStringConvertible {
  let table: UnsafePointer<needle_int8_kernels>

  var name: String { unsafe String(cString: table.pointee.name) }
  var testDescription: String { name }

  /// Those that this CPU runs, each once.
  static let all: [Int8Kernels] = {
    var found = [unsafe Int8Kernels(table: needle_int8_reference())]
    for level in [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512]
    where needle_simd_available(level) != 0 {
      let kernels = unsafe Int8Kernels(table: needle_int8_kernels_for(level))
      if !found.contains(where: { $0.name == kernels.name }) { found.append(kernels) }
    }
    return found
  }()
}

/// A row with its score.
struct Hit: Equatable, CustomStringConvertible {
  let row: UInt32
  let score: Float

  var description: String { "\(row): \(score)" }

  /// Better first: the larger score, then the lower row.
  static func better(_ left: Hit, _ right: Hit) -> Bool {
    left.score > right.score || (left.score == right.score && left.row < right.row)
  }
}

/// Bytes on a cache line, with canaries behind them.
// @unchecked Sendable because a test owns it.
@safe
final class AlignedMemory<Element: BitwiseCopyable & Equatable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  private let count: Int
  private let canary: Element
  private static var canaries: Int { 64 }

  /// Room for exactly `count` elements, all `canary`.
  init(count: Int, canary: Element) {
    self.count = count
    self.canary = canary
    let bytes = (count + Self.canaries) * MemoryLayout<Element>.stride
    unsafe start = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Element.self, capacity: count + Self.canaries)
    unsafe start.initialize(repeating: canary, count: count + Self.canaries)
  }

  deinit { unsafe UnsafeMutableRawPointer(start).deallocate() }

  var elements: [Element] { unsafe Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Whether nothing was written past the end.
  var isWhole: Bool {
    unsafe UnsafeBufferPointer(start: start + count, count: Self.canaries)
      .allSatisfy { $0 == canary }
  }
}

/// Vectors and queries as codes, the vectors in panels too.
struct CodeScene {
  let dimension: Int
  let rows: Int
  /// The codes of the vectors less 128, `[rows, dimension]`.
  let vectors: [Int8]
  /// `[queries, dimension]`.
  let queries: [Int8]

  let panels: AlignedMemory<UInt8>
  /// `[queries, steps · 4]`.
  let codes: AlignedMemory<Int8>

  var steps: Int { (dimension + 3) / 4 }
  var panelBytes: Int { steps * 64 }
  var queryCount: Int { queries.count / dimension }

  init(dimension: Int, vectors: [Int8], queries: [Int8]) {
    self.dimension = dimension
    self.vectors = vectors
    self.queries = queries
    rows = vectors.count / dimension
    let steps = (dimension + 3) / 4
    let queryCount = queries.count / dimension
    panels = AlignedMemory(count: (rows + 15) / 16 * 64 * steps, canary: 128)
    codes = AlignedMemory(count: queryCount * steps * 4, canary: 0)
    for row in 0..<rows {
      for column in 0..<dimension {
        let place = row / 16 * steps * 64 + column / 4 * 64 + row % 16 * 4 + column % 4
        unsafe panels.start[place] = UInt8(Int(vectors[row * dimension + column]) + 128)
      }
    }
    for query in 0..<queryCount {
      for column in 0..<dimension {
        unsafe codes.start[query * steps * 4 + column] = queries[query * dimension + column]
      }
    }
  }

  /// Codes drawn from `draw`.
  init(
    dimension: Int,
    rows: Int,
    queries: Int,
    seed: UInt64,
    draw: (inout SplitMix64) -> Int8 = { Int8.random(in: -127...127, using: &$0) }
  ) {
    var generator = SplitMix64(seed: seed)
    self.init(
      dimension: dimension,
      vectors: (0..<rows * dimension).map { _ in draw(&generator) },
      queries: (0..<queries * dimension).map { _ in draw(&generator) }
    )
  }

  /// Σ codes of the query · codes of the vector, by the definition.
  func product(query: Int, row: Int) -> Int {
    var sum = 0
    for column in 0..<dimension {
      sum += Int(queries[query * dimension + column]) * Int(vectors[row * dimension + column])
    }
    return sum
  }

  /// All products, `[queries][rows]`.
  func products() -> [[Int]] {
    (0..<queryCount).map { query in (0..<rows).map { product(query: query, row: $0) } }
  }

  /// −128 · Σ codes of a query.
  func offset(_ query: Int) -> Int32 {
    let codes = queries[query * dimension..<(query + 1) * dimension]
    return Int32(-128 * codes.reduce(0) { $0 + Int($1) })
  }

  /// A query's part in a scan.
  func probe(
    _ query: Int,
    base: Float,
    scale: Float,
    candidates: UnsafeMutablePointer<needle_candidates>? = nil
  ) -> needle_probe {
    unsafe needle_probe(
      codes: codes.start + query * steps * 4,
      candidates: candidates,
      base: base,
      scale: scale,
      inverse: 1 / scale,
      offset: offset(query),
      start: 0
    )
  }
}

/// What a score is: base + scale · product, each operation rounded.
func score(base: Float, scale: Float, product: Int) -> Float {
  let scaled = scale * Float(product)
  return base + scaled
}

/// The best `keep` of one query so far, in buffers with exactly the promised room.
@safe
final class Candidates {
  let entry: UnsafeMutablePointer<needle_candidates>
  private let scores: AlignedMemory<Float>
  private let rows: AlignedMemory<UInt32>

  init(keep: Int) {
    let room = needle_candidate_room(keep)
    scores = AlignedMemory(count: room, canary: -54_321)
    rows = AlignedMemory(count: room, canary: 0xDEAD_BEEF)
    unsafe entry = .allocate(capacity: 1)
    unsafe entry.initialize(
      to: needle_candidates(
        scores: scores.start,
        rows: rows.start,
        count: 0,
        keep: UInt32(keep),
        threshold: -.infinity
      )
    )
  }

  deinit { unsafe entry.deallocate() }

  var isWhole: Bool { scores.isWhole && rows.isWhole }

  /// What is held, by row.
  var hits: [Hit] {
    let count = unsafe Int(entry.pointee.count)
    return zip(rows.elements, scores.elements).prefix(count).map { Hit(row: $0, score: $1) }
      .sorted { $0.row < $1.row }
  }
}

/// One piece of a scan: some rows, numbered from `first`, with a base and a scale for each query.
struct Piece {
  var rows: Range<Int>
  var first = 0
  var bases: [Float]
  var scales: [Float]
}

extension Int8Kernels {
  /// Scans the pieces in order with the first `queryCount` queries, prunes exactly and returns what
  /// each query holds, by row.
  func best(
    of scene: CodeScene,
    _ pieces: [Piece],
    queryCount: Int,
    keep: Int
  ) throws -> [[Hit]] {
    let candidates = (0..<queryCount).map { _ in Candidates(keep: keep) }
    for piece in pieces {
      precondition(piece.rows.lowerBound.isMultiple(of: 16), "a scan starts with a panel")
      var probes = unsafe (0..<queryCount).map { query in
        unsafe scene.probe(
          query,
          base: piece.bases[query],
          scale: piece.scales[query],
          candidates: candidates[query].entry
        )
      }
      unsafe probes.withUnsafeMutableBufferPointer { buffer in
        guard let probes = buffer.baseAddress else { return }
        unsafe table.pointee.scan(
          scene.panels.start + piece.rows.lowerBound / 16 * scene.panelBytes,
          piece.rows.count,
          scene.steps,
          UInt32(piece.first + piece.rows.lowerBound),
          probes,
          queryCount,
          scene.panels.start,
          scene.panelBytes
        )
      }
    }
    for candidate in candidates { unsafe table.pointee.prune(candidate.entry, 1) }
    try #require(candidates.allSatisfy { $0.isWhole }, "\(name) wrote past the room for \(keep)")
    return candidates.map(\.hits)
  }
}

/// The best `keep` of all rows of some pieces for one query, by row, from their products.
func expectedBest(_ products: [Int], _ pieces: [Piece], query: Int, keep: Int) -> [Hit] {
  let all = pieces.flatMap { piece in
    piece.rows.map { row in
      Hit(
        row: UInt32(piece.first + row),
        score: score(
          base: piece.bases[query],
          scale: piece.scales[query],
          product: products[row]
        )
      )
    }
  }
  return all.sorted(by: Hit.better).prefix(keep).sorted { $0.row < $1.row }
}
