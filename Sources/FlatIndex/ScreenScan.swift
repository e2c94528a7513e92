internal import CKernels
internal import IntegerScan
internal import VectorCore

/// One group of queries against a part of the rows: integers first, exact scores for what survives.
///
/// The first block of a part is scored in full, so that there is a threshold; for few queries only its
/// first rows, since packing a block takes longer than scoring these one by one. Where too many rows survive a block, the
/// next ones are scored in full, too, before the first pass gets another try.
// @unchecked Sendable because a thread makes its own.
@safe
final class ScreenScan: @unchecked Sendable {
  private let rows: ScreenedRows
  private let kernels: ScanKernels
  private let metric: Metric
  private let queries: UnsafePointer<Float>
  private let count: Int
  private let dimension: Int
  private let hits: UnsafeMutablePointer<needle_hits>

  private let codes: RowCodes
  private let bounds: [ScreenBound]
  private let packed: PackedQueries
  /// Room for the rows that are scored in full, made when there are such and no larger than they need.
  private var panels = MutableMemory<Float>(count: 0)
  private let scores: UnsafeMutablePointer<Float>
  private let numbers: UnsafeMutablePointer<UInt32>
  private let survivors: UnsafeMutablePointer<needle_candidates>
  private let probes: UnsafeMutablePointer<needle_probe>
  private var pairs = SurvivingPairs()
  private(set) var counted = (screened: 0, survived: 0, unscreened: 0)

  /// Survivors for each row and query above which scoring all of them is cheaper.
  private static let mostSurviving = 1.0 / 16

  /// Queries that count as few, and the rows that are scored for them first: whole panels.
  private static let fewQueries = 4
  private static let firstRows = 128

  /// Candidates that the scan is told to keep: its buffer then holds a whole block, so that it never
  /// prunes and every survivor counts.
  private static let keep = ScreenedRows.block / 2

  /// Encodes the queries `range` of the row-major `all`, whose hits are at `hits`.
  init(
    _ rows: ScreenedRows,
    kernels: ScanKernels,
    _ all: [Float],
    _ range: Range<Int>,
    queries: UnsafePointer<Float>,
    hits: UnsafeMutablePointer<needle_hits>
  ) {
    self.rows = rows
    self.kernels = kernels
    metric = rows.space.metric
    dimension = rows.space.mean.count
    count = range.count
    unsafe self.queries = queries
    unsafe self.hits = hits
    let codes = RowCodes(capacity: range.count, dimension: rows.space.dimension)
    let image = MutableMemory<Float>(count: rows.space.dimension)
    let (space, width) = (rows.space, dimension)
    bounds = (0..<range.count).compactMap { place in
      guard let image = unsafe image.elements.baseAddress else { return nil }
      let query = unsafe queries + place * width
      _ = unsafe space.place(query: query, into: image)
      unsafe codes.encode(image, as: place)
      return unsafe ScreenBound(
        query: query,
        image: image,
        codes: codes.codes(of: place),
        unit: codes.unit(of: place),
        space: space
      )
    }
    self.codes = codes
    packed = PackedQueries(all, rows: range, dimension: dimension, tile: kernels.tile)
    let room = (Int(needle_candidate_room(Self.keep)) + 15) / 16 * 16
    unsafe scores = .allocate(capacity: range.count * room)
    unsafe numbers = .allocate(capacity: range.count * room)
    unsafe survivors = .allocate(capacity: range.count)
    unsafe probes = .allocate(capacity: range.count)
    for query in 0..<range.count {
      unsafe (survivors + query).initialize(
        to: needle_candidates(
          scores: scores + query * room,
          rows: numbers + query * room,
          count: 0,
          keep: UInt32(Self.keep),
          threshold: -.infinity
        )
      )
    }
  }

  deinit {
    unsafe scores.deallocate()
    unsafe numbers.deallocate()
    unsafe survivors.deallocate()
    unsafe probes.deallocate()
  }

  /// Scans blocks of rows, in order.
  func scan(_ blocks: Range<Int>) {
    var fullBlocks = 1
    var penalty = 1
    for block in blocks {
      var range = rows.rows(of: block)
      let isBeginning = count <= Self.fewQueries && block == blocks.lowerBound
      if isBeginning {
        scoreEach(range.prefix(Self.firstRows))
        range = range.dropFirst(Self.firstRows)
        fullBlocks = 0
      }
      guard !range.isEmpty else { continue }
      let pairs = range.count * count
      if fullBlocks > 0 || !prepare(block) {
        fullBlocks = max(0, fullBlocks - 1)
        scoreAll(range)
        continue
      }
      let survived = screen(range)
      counted.screened += pairs
      counted.survived += survived
      // Few rows make a low threshold, which says nothing of the next block.
      if !isBeginning, Double(survived) > Self.mostSurviving * Double(pairs) {
        fullBlocks = penalty
        penalty = min(2 * penalty, 1024)
      } else {
        penalty = 1
      }
    }
  }

  /// Prepares the queries' parts in the scan of a block.
  ///
  /// - Returns: whether the bounds hold: those of enormous vectors overflow, and products of tiny
  ///   ones lose the digits that the bounds count on.
  private func prepare(_ block: Int) -> Bool {
    let (length, error, norm) = (rows.lengths[block], rows.errors[block], rows.norms[block])
    let unit = rows.units[block]
    for query in 0..<count {
      let scale = codes.unit(of: query) * unit
      let slack = bounds[query].slack(length: length, error: error, norm: norm)
      guard scale.isNormal, slack.isFinite else { return false }
      unsafe survivors[query].threshold = bounds[query].threshold(for: hits[query].threshold)
      unsafe (probes + query).initialize(
        to: needle_probe(
          codes: codes.codes(of: query),
          candidates: survivors + query,
          base: slack,
          scale: scale,
          inverse: 1 / scale,
          offset: codes.offset(of: query),
          start: 0
        )
      )
    }
    return true
  }

  /// Scores rows one by one for every query.
  private func scoreEach(_ range: Range<Int>) {
    counted.unscreened += range.count * count
    pairs.removeAll()
    for query in 0..<count {
      for row in range { pairs.append(row: UInt32(row), query: UInt32(query)) }
    }
    scorePairs()
    for query in 0..<count { unsafe needle_hits_prune(hits + query) }
  }

  /// Scores rows of a block, packed on the spot.
  private func scoreAll(_ range: Range<Int>) {
    counted.unscreened += range.count * count
    let room = Panels.floatCount(count: range.count, dimension: dimension)
    if unsafe panels.elements.count < room { panels = MutableMemory(count: room) }
    let kernel = unsafe kernels.scan(for: metric)
    unsafe rows.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress, let panels = unsafe panels.elements.baseAddress
      else { return }
      unsafe needle_pack_panels(
        values + range.lowerBound * dimension,
        range.count,
        dimension,
        0,
        panels
      )
      for (index, first) in stride(from: 0, to: count, by: packed.tile).enumerated() {
        unsafe packed.withTile(index) { tile in
          unsafe kernel(
            panels,
            range.count,
            dimension,
            UInt32(range.lowerBound),
            tile,
            min(packed.tile, count - first),
            hits + first
          )
        }
      }
    }
    for query in 0..<count { unsafe needle_hits_prune(hits + query) }
  }

  /// Screens rows of a block that was prepared, from a panel's first on, and scores the survivors.
  ///
  /// - Returns: how many there were.
  private func screen(_ range: Range<Int>) -> Int {
    let scan = unsafe needle_int8_kernels_for(needle_simd_level()).pointee.scan
    let panelBytes = CodePanels.panelBytes(dimension: rows.space.dimension)
    unsafe rows.codes.withUnsafeBufferPointer { codes in
      guard let start = codes.baseAddress else { return }
      let panel = range.lowerBound / CodePanels.lanes
      unsafe scan(
        start + panel * panelBytes,
        range.count,
        self.codes.steps,
        UInt32(range.lowerBound),
        probes,
        count,
        start,
        0
      )
    }
    return rescore()
  }

  /// Scores what survived for any query, and empties the survivors.
  private func rescore() -> Int {
    pairs.removeAll()
    for query in 0..<count {
      let found = unsafe survivors[query]
      for index in unsafe 0..<Int(found.count) {
        unsafe pairs.append(row: found.rows[index], query: UInt32(query))
      }
      unsafe survivors[query].count = 0
    }
    scorePairs()
    return pairs.count
  }

  private func scorePairs() {
    let score = unsafe kernels.pairs(for: metric)
    unsafe rows.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      // The rows lie anywhere in the block: all are asked for before the first is needed.
      unsafe needle_prefetch_rows(values, 4 * dimension, pairs.rows, pairs.count)
      unsafe score(
        values,
        queries,
        dimension,
        pairs.rows,
        pairs.queries,
        pairs.count,
        &pairs.scores
      )
    }
    for pair in 0..<pairs.count {
      let query = Int(pairs.queries[pair])
      unsafe needle_hits_add(hits + query, pairs.scores[pair], pairs.rows[pair])
      if pair + 1 == pairs.count || Int(pairs.queries[pair + 1]) != query {
        if unsafe hits[query].count > hits[query].k { unsafe needle_hits_prune(hits + query) }
      }
    }
  }
}

/// Pairs of row and query that are scored together.
private struct SurvivingPairs {
  private(set) var rows: [UInt32] = []
  private(set) var queries: [UInt32] = []
  var scores: [Float] = []

  var count: Int { rows.count }

  mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    queries.removeAll(keepingCapacity: true)
  }

  mutating func append(row: UInt32, query: UInt32) {
    rows.append(row)
    queries.append(query)
    if scores.count < rows.count { scores.append(0) }
  }
}
