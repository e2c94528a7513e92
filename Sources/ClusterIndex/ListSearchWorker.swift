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
  private var guess: ThresholdGuess
  private let again = PairBuffer()
  private let candidates: CandidateBuffers
  private let image: MutableMemory<Float>
  private let padded: MutableMemory<Float>
  private let distances: MutableMemory<Float>
  private let rows: MutableMemory<UInt32>
  private let keys: MutableMemory<UInt64>
  private let rankedRows: UnsafeMutablePointer<UInt32>
  private let rankedDistances: UnsafeMutablePointer<Float>
  private let lengths: MutableMemory<Float>
  private let pairs: SortedPairs
  private let probes: UnsafeMutablePointer<needle_probe>
  private let kernels = unsafe needle_int8_kernels_for(needle_simd_level())

  /// Queries that scan a list together: their codes should stay in the second-level cache.
  private static let probesTogether = 512
  /// Queries whose vectors are asked for while those of another are compared.
  private static let rowsAhead = 2
  /// Codes of the next list that are asked for early: what the second-level cache can spare.
  private static let bytesAhead = 128 << 10
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
    guess = ThresholdGuess(lists, keep: keep)
    candidates = CandidateBuffers(queries: batch, keep: keep)
    image = MutableMemory(count: space.dimension)
    padded = MutableMemory(count: rerank.stride)
    // The kernels write whole groups of four.
    distances = MutableMemory(count: keep + 4)
    rows = MutableMemory(count: keep)
    keys = MutableMemory(count: keep)
    unsafe rankedRows = .allocate(capacity: keep)
    unsafe rankedDistances = .allocate(capacity: keep)
    lengths = MutableMemory(count: batch)
    pairs = SortedPairs(lists: lists.count)
    unsafe probes = .allocate(capacity: Self.probesTogether)
  }

  deinit {
    unsafe probes.deallocate()
    unsafe rankedRows.deallocate()
    unsafe rankedDistances.deallocate()
  }

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
    guard let image = unsafe image.elements.baseAddress,
      let lengths = unsafe lengths.elements.baseAddress
    else { return }
    if guess.keep != rule.rerank { guess = ThresholdGuess(lists, keep: rule.rerank) }
    for (place, query) in range.enumerated() {
      unsafe lengths[place] = space.place(query: queries + query * dimension, into: image)
      unsafe codes.encode(image, as: place)
    }
    var next = 0
    while next < range.count {
      let first = next
      choice.removeAll()
      while next < range.count, choice.near.count + choice.far.count < Self.mostPairs {
        let group = next..<min(next + choice.group, range.count)
        unsafe choice.choose(for: group, codes: codes, lengths: lengths, rule: rule, guess: guess)
        next = group.upperBound
      }
      collect(next - first, from: first, keep: rule.rerank)
      prefetch(0..<min(Self.rowsAhead, next - first))
      for query in first..<next {
        let ahead = query - first + Self.rowsAhead
        prefetch(ahead..<max(ahead, min(ahead + 1, next - first)))
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

  /// Collects the best candidates of `count` queries, the first being number `first` of the batch.
  private func collect(_ count: Int, from first: Int, keep: Int) {
    for query in 0..<count {
      candidates.reset(query, keep: keep, threshold: choice.thresholds[query])
    }
    scan(choice.near, from: first)
    for query in 0..<count { unsafe kernels.pointee.prune(candidates[query], 0) }
    scan(choice.far, from: first)
    again.removeAll()
    for query in 0..<count {
      if unsafe candidates[query].pointee.count < keep, choice.thresholds[query] > -.infinity {
        candidates.reset(query, keep: keep, threshold: -.infinity)
        again.append(choice.near, query: query)
        again.append(choice.far, query: query)
      }
      again.endQuery()
    }
    if again.count > 0 { scan(again, from: first) }
    for query in 0..<count { unsafe kernels.pointee.prune(candidates[query], 1) }
  }

  /// Scans every list that is among the pairs; the first query is number `first` of the batch.
  private func scan(_ chosen: PairBuffer, from first: Int) {
    pairs.sort(chosen)
    let panelBytes = CodePanels.panelBytes(dimension: space.dimension)
    let runs = pairs.runs
    unsafe lists.codes.withUnsafeBufferPointer { buffer in
      guard let panels = buffer.baseAddress else { return }
      for (place, run) in runs.enumerated() {
        let rows = lists.starts[run.list]..<lists.starts[run.list + 1]
        guard !rows.isEmpty else { continue }
        // The codes of the list that is scanned next are asked for while this one is.
        let next = place + 1 < runs.count ? runs[place + 1].list : run.list
        let nextPanels = lists.panelStarts[next + 1] - lists.panelStarts[next]
        let nextBytes = next == run.list ? 0 : min(nextPanels * panelBytes, Self.bytesAhead)
        for start in stride(from: run.start, to: run.end, by: Self.probesTogether) {
          let end = min(start + Self.probesTogether, run.end)
          fillProbes(start..<end, unit: lists.units[run.list], first)
          unsafe kernels.pointee.scan(
            panels + lists.panelStarts[run.list] * panelBytes,
            rows.count,
            codes.steps,
            UInt32(rows.lowerBound),
            probes,
            end - start,
            panels + lists.panelStarts[next] * panelBytes,
            end == run.end ? nextBytes : 0
          )
        }
      }
    }
  }

  /// Prepares the probes of some pairs of one list.
  private func fillProbes(_ members: Range<Int>, unit: Float, _ first: Int) {
    guard let pairs = unsafe pairs.members, let units = unsafe codes.units,
      let offsets = unsafe codes.offsets
    else { return }
    let probes = unsafe probes
    let firstCode = unsafe codes.codes(of: first)
    let stride = codes.stride
    let firstCandidates = unsafe candidates[0]
    for member in members {
      let pair = unsafe pairs[member]
      let query = Int(pair.query)
      let scale = unsafe units[first &+ query] * unit
      unsafe (probes + (member &- members.lowerBound)).initialize(
        to: needle_probe(
          codes: firstCode + query &* stride,
          candidates: firstCandidates + query,
          base: pair.product,
          scale: scale,
          inverse: 1 / max(scale, .leastNormalMagnitude),
          offset: offsets[first &+ query],
          start: 0
        )
      )
    }
  }

  /// Asks for the vectors that some queries will be compared with.
  private func prefetch(_ queries: Range<Int>) {
    for query in queries {
      let found = unsafe candidates[query]
      unsafe rerank.prefetch(found.pointee.rows, count: Int(found.pointee.count))
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
    if rerank.kind == .residual {
      _ = unsafe space.place(query: query, into: padded)
      unsafe lists.refine(
        query,
        image: padded,
        places: found.pointee.rows,
        count: count,
        rests: rerank,
        space: space,
        into: distances
      )
    } else {
      unsafe padded.update(from: query, count: dimension)
      unsafe rerank.distances(
        from: padded,
        to: found.pointee.rows,
        count: count,
        metric: metric,
        into: distances
      )
    }
    guard let rows = unsafe rows.elements.baseAddress, let keys = unsafe keys.elements.baseAddress,
      let numbers = unsafe lists.rows.baseAddress
    else { return }
    for candidate in 0..<count {
      unsafe rows[candidate] = numbers[Int(found.pointee.rows[candidate])]
    }
    let wanted = min(k, count)
    unsafe needle_rank(distances, rows, count, wanted, keys, rankedRows, rankedDistances)
    unsafe results.set(query: place, rows: rankedRows, distances: rankedDistances, count: wanted)
  }
}
