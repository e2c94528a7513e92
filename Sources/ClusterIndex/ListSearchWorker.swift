internal import CKernels
internal import IntegerScan
internal import VectorCore

/// Answers batches of queries, list by list; owns all the memory that this takes.
///
/// Each list is scanned once for all queries that chose it, so that its codes are read once. The
/// candidates of a query are the best of all vectors in its lists, whatever the order of the scan,
/// so that an answer does not depend on the batch.
// @unchecked Sendable because a worker is out of the store while it is used, so one thread has it.
@safe
final class ListSearchWorker: @unchecked Sendable {
  private let lists: InvertedLists
  private let space: ScanSpace
  private let rerank: RerankRows
  private let metric: Metric
  private let dimension: Int

  private let codes: RowCodes
  private let choice: ListChoice
  private let candidates: CandidateBuffers
  private let image: MutableMemory<Float>
  private let padded: MutableMemory<Float>
  private let distances: MutableMemory<Float>
  private var lengths: [Float]
  private let pairs: SortedPairs
  private let probes: UnsafeMutablePointer<needle_probe>
  private var keys: [UInt64] = []
  private let kernels = unsafe needle_int8_kernels_for(needle_simd_level())

  /// Queries that scan a list together: their codes should stay in the second-level cache.
  private static let probesTogether = 512
  /// Pairs at which a batch is scanned before more queries are looked at; bounds memory.
  private static let mostPairs = 4 << 20

  /// The largest batch for candidates in 64 MiB.
  static func batch(keep: Int, space: ScanSpace) -> Int {
    let bytes =
      CandidateBuffers.bytes(keep: keep) + RowCodes.bytesPerRow(dimension: space.dimension)
    return max(1, min(8192, (64 << 20) / bytes))
  }

  init(_ index: IVFIndex, batch: Int, keep: Int) {
    lists = index.lists
    space = index.space
    rerank = index.rerank
    metric = index.summary.metric
    dimension = index.summary.dimension
    codes = RowCodes(capacity: batch, dimension: space.dimension)
    choice = ListChoice(lists)
    candidates = CandidateBuffers(queries: batch, keep: keep)
    image = MutableMemory(count: space.dimension)
    padded = MutableMemory(count: rerank.stride)
    // The kernels write whole groups of four.
    distances = MutableMemory(count: keep + 4)
    lengths = Array(repeating: 0, count: batch)
    pairs = SortedPairs(lists: lists.count)
    unsafe probes = .allocate(capacity: Self.probesTogether)
  }

  deinit { unsafe probes.deallocate() }

  /// Whether there is room for such a batch.
  func suits(batch: Int, keep: Int) -> Bool {
    codes.capacity >= batch && candidates.room >= keep
  }

  /// Finds the nearest rows of the queries `range` of `queries`, `[n, dimension]`.
  func answer(
    _ queries: UnsafePointer<Float>,
    _ range: Range<Int>,
    k: Int,
    rule: ProbeRule,
    into results: NearestRows.Writer
  ) {
    guard let image = unsafe image.elements.baseAddress else { return }
    for (place, query) in range.enumerated() {
      lengths[place] = unsafe space.place(query: queries + query * dimension, into: image)
      unsafe codes.encode(image, as: place)
    }
    var next = 0
    while next < range.count {
      let first = next
      choice.removeAll()
      while next < range.count, choice.near.count + choice.far.count < Self.mostPairs {
        let group = next..<min(next + choice.group, range.count)
        choice.choose(for: group, codes: codes, lengths: lengths, rule: rule)
        next = group.upperBound
      }
      candidates.reset(next - first, keep: rule.rerank)
      scan(choice.near, from: first)
      for query in 0..<next - first { unsafe kernels.pointee.prune(candidates[query], 0) }
      scan(choice.far, from: first)
      for query in 0..<next - first { unsafe kernels.pointee.prune(candidates[query], 1) }
      for query in first..<next {
        unsafe finish(
          queries + (range.lowerBound + query) * dimension,
          candidates[query - first],
          k: k,
          as: range.lowerBound + query,
          into: results
        )
      }
    }
  }

  /// Scans every list that is among the pairs; the first query is number `first` of the batch.
  private func scan(_ chosen: PairBuffer, from first: Int) {
    pairs.sort(chosen)
    let panelBytes = CodePanels.panelBytes(dimension: space.dimension)
    unsafe lists.codes.withUnsafeBufferPointer { buffer in
      guard let panels = buffer.baseAddress else { return }
      for list in 0..<lists.count {
        let members = pairs.members(of: list)
        let rows = lists.starts[list]..<lists.starts[list + 1]
        guard !members.isEmpty, !rows.isEmpty else { continue }
        let codes = unsafe panels + lists.panelStarts[list] * panelBytes
        var start = members.lowerBound
        while start < members.upperBound {
          let end = min(start + Self.probesTogether, members.upperBound)
          fillProbes(start..<end, unit: lists.units[list], first)
          unsafe kernels.pointee.scan(
            codes,
            rows.count,
            self.codes.steps,
            UInt32(rows.lowerBound),
            probes,
            end - start
          )
          start = end
        }
      }
    }
  }

  /// Prepares the probes of some pairs of one list.
  private func fillProbes(_ members: Range<Int>, unit: Float, _ first: Int) {
    guard let queries = unsafe pairs.queryNumbers, let products = unsafe pairs.products,
      let units = unsafe codes.units, let offsets = unsafe codes.offsets
    else { return }
    let probes = unsafe probes
    let firstCode = unsafe codes.codes(of: first)
    let stride = codes.stride
    let firstCandidates = unsafe candidates[0]
    for member in members {
      let query = unsafe Int(queries[member])
      let scale = unsafe units[first &+ query] * unit
      unsafe (probes + (member &- members.lowerBound)).initialize(
        to: needle_probe(
          codes: firstCode + query &* stride,
          candidates: firstCandidates + query,
          base: products[member],
          scale: scale,
          inverse: 1 / max(scale, .leastNormalMagnitude),
          offset: offsets[first &+ query],
          start: 0
        )
      )
    }
  }

  /// Ranks the candidates of a query again and writes the best `k`, ties by row.
  private func finish(
    _ query: UnsafePointer<Float>,
    _ found: UnsafeMutablePointer<needle_candidates>,
    k: Int,
    as place: Int,
    into results: NearestRows.Writer
  ) {
    let count = unsafe Int(found.pointee.count)
    guard let padded = unsafe padded.elements.baseAddress,
      let distances = unsafe distances.elements.baseAddress
    else { return }
    unsafe padded.update(from: query, count: dimension)
    unsafe rerank.distances(
      from: padded,
      to: found.pointee.rows,
      count: count,
      metric: metric,
      into: distances
    )
    keys.removeAll(keepingCapacity: true)
    for candidate in 0..<count {
      let row = unsafe lists.rows[Int(found.pointee.rows[candidate])]
      keys.append(unsafe rankKey(distances[candidate], row))
    }
    keys.sort()
    for (rank, key) in keys.prefix(k).enumerated() {
      results.set(
        query: place,
        rank: rank,
        row: UInt32(truncatingIfNeeded: key),
        distance: distance(key)
      )
    }
    results.setCount(query: place, min(k, count))
  }

  /// A number that orders by distance, then by row.
  private func rankKey(_ distance: Float, _ row: UInt32) -> UInt64 {
    let bits = distance.bitPattern
    let ordered = bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
    return UInt64(ordered) << 32 | UInt64(row)
  }

  private func distance(_ key: UInt64) -> Float {
    let ordered = UInt32(key >> 32)
    return Float(bitPattern: ordered & 0x8000_0000 == 0 ? ~ordered : ordered & 0x7FFF_FFFF)
  }
}
