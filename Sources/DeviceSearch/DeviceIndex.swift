internal import FlatIndex
internal import Synchronization
public import Torch
public import VectorCore

/// Exact search on GPUs: the answers are those of the backend `flat` on the host, bit for bit.
///
/// ```swift
/// let index = try DeviceIndex(over: vectors, metric: .cosine, devices: [.cuda(0)], threads: 16)
/// let found = try index.search(queries, k: 10, threads: 16)
/// ```
/// A device multiplies all queries with all rows in half precision and keeps somewhat more than k
/// candidates of each query; the host scores these in single precision and shows, by a bound on the
/// device's error, that no other row belongs to the k nearest. A query for which it cannot, as where many
/// rows are equal, is asked again with more candidates, and then on the host.
///
/// Rows are shared out to the devices. What does not fit into a device's memory is brought there part by
/// part for every call: then it pays to ask many queries at a time.
public struct DeviceIndex: VectorIndex, ObservedIndex {
  /// What is searched, as `flat` has it.
  public let summary: IndexSummary
  private let vectors: VectorSet
  private let set: CenteredSet
  private let shards: [DeviceShard]
  private let host: HostIndex
  private let counts = DeviceCounts()

  /// The vectors' ids.
  public var ids: VectorIDs { vectors.ids }

  /// How many queries were answered by the device's first candidates, by more of them, and on the host.
  public var observations: [SearchObservation] { counts.observations }

  /// Takes a set, and brings it to the devices where it fits.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector; kept in the host's memory, too, 4 bytes a value.
  ///   - metric: how vectors are compared.
  ///   - devices: at least one; each takes an equal share of the rows.
  ///   - dtype: the type of the products: by default ``Torch/DType/float16`` on a GPU and
  ///     ``Torch/DType/float32`` on the host. No answer depends on it.
  ///   - memory: bytes that may be taken on each device; by default four fifths of what is free on a GPU.
  ///   - threads: how many threads of the host may work.
  /// - Throws: ``VectorCore/IndexError`` for an empty set, values that are not finite, zero vectors under
  ///   cosine, and a memory that holds nothing; ``VectorCore/FileError`` where reading fails;
  ///   ``Torch/TorchError`` where a device fails.
  /// - Complexity: O(count · dimension).
  public init(
    over vectors: VectorSet,
    metric: Metric,
    devices: [Device],
    dtype: DType? = nil,
    memory: Int? = nil,
    threads: Int = 1
  ) throws {
    precondition(!devices.isEmpty, "no devices")
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    self.vectors = vectors
    summary = IndexSummary(
      backend: FlatBackend.name,
      parameters: [:],
      metric: metric,
      count: vectors.count,
      dimension: vectors.dimension,
      seed: 0
    )
    let set = CenteredSet(
      try ExactRows(vectors, metric: metric, threads: threads),
      threads: threads
    )
    self.set = set
    let share = (vectors.count + devices.count - 1) / devices.count
    shards = try devices.enumerated().compactMap { place, device in
      let rows = min(place * share, set.count)..<min((place + 1) * share, set.count)
      guard !rows.isEmpty else { return nil }
      return try DeviceShard(
        rows,
        of: set,
        on: device,
        as: dtype ?? (device.kind == .cpu ? .float32 : .float16),
        memory: memory ?? Self.memory(of: device)
      )
    }
    host = HostIndex(vectors, metric: metric)
  }

  /// What may be taken of a device where nobody says.
  private static func memory(of device: Device) throws -> Int {
    device.kind == .cpu ? 8 << 30 : try device.memory().free / 5 * 4
  }

  /// Finds the `k` nearest rows; there are no search parameters.
  public func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    _ = try parameters.resolved(against: FlatBackend.searchParameters, owner: summary.backend)
    let all = Array(copying: queries)
    let count = all.count / summary.dimension
    var found = NearestRows(queryCount: count, k: k)
    guard count > 0, k > 0 else { return found }
    var open = Array(0..<count)
    for (pass, width) in Self.widths(k: k, count: set.count).enumerated() where !open.isEmpty {
      let left = try answer(open, of: all, k: k, width: width, threads: threads, into: &found)
      counts.add(pass: pass, open.count - left.count)
      open = left
    }
    guard !open.isEmpty else { return found }
    counts.add(pass: DeviceCounts.host, open.count)
    try answerOnHost(open, of: all, k: k, threads: threads, into: &found)
    return found
  }

  /// Candidates of a query: at first enough for most.
  static func widths(k: Int, count: Int) -> [Int] {
    let first = k + max(54, k / 4)
    return first >= count ? [count] : [first, min(count, 8 * first)]
  }

  /// Answers queries by `width` candidates each; returns those for which that was not enough.
  private func answer(
    _ open: [Int],
    of all: [Float],
    k: Int,
    width: Int,
    threads: Int,
    into found: inout NearestRows
  ) throws -> [Int] {
    // While the host scores the candidates of one wave, the devices are at the others. Rows that are
    // brought to a device meet all queries there.
    let wave = shards.allSatisfy(\.isResident) ? shards.map(\.batch).min() ?? 1 : open.count
    let left = Mutex<[Int]>([])
    try found.write { writer in
      try parallelFor(open.count, chunk: wave, threads: min(DeviceShard.waves, threads)) {
        _,
        range in
        let queries = HostQueries(Array(open[range]), of: all, set, threads: threads)
        let lists = try screen(queries, width: width)
        parallelFor(queries.count, chunk: 16, threads: threads) { _, range in
          for query in range {
            guard let best = nearest(k, query: query, of: queries, lists) else {
              left.withLock { $0.append(queries.places[query]) }
              continue
            }
            write(best, for: queries.places[query], into: writer)
          }
        }
      }
    }
    return left.withLock { $0.sorted() }
  }

  private func nearest(
    _ k: Int,
    query: Int,
    of queries: HostQueries,
    _ lists: CandidateLists
  ) -> [(row: UInt32, score: Float)]? {
    let places = query * summary.dimension..<(query + 1) * summary.dimension
    return unsafe queries.values.withUnsafeBufferPointer { values in
      let own = unsafe UnsafeBufferPointer(rebasing: values[places])
      return lists.nearest(k, query: query, unsafe own.span, in: set.rows)
    }
  }

  private func write(
    _ best: [(row: UInt32, score: Float)],
    for query: Int,
    into writer: NearestRows.Writer
  ) {
    for (rank, one) in best.enumerated() {
      let distance = summary.metric.distance(fromNearness: one.score)
      writer.set(query: query, rank: rank, row: one.row, distance: distance)
    }
    writer.setCount(query: query, best.count)
  }

  /// The candidates that all devices have.
  private func screen(_ queries: HostQueries, width: Int) throws -> CandidateLists {
    let entries = Mutex<[CandidateLists.Entry]>([])
    try parallelFor(shards.count, chunk: 1, threads: shards.count) { _, range in
      for shard in range {
        let found = try shards[shard].screen(queries, width: width)
        entries.withLock { $0 += found }
      }
    }
    return CandidateLists(entries.withLock { $0 })
  }

  /// Answers queries without a device.
  private func answerOnHost(
    _ open: [Int],
    of all: [Float],
    k: Int,
    threads: Int,
    into found: inout NearestRows
  ) throws {
    let dimension = summary.dimension
    let values = open.flatMap { all[$0 * dimension..<($0 + 1) * dimension] }
    let answers = try host.index(threads: threads).nearestRows(
      to: values.span,
      k: k,
      parameters: [:],
      threads: threads
    )
    for (place, query) in open.enumerated() {
      found.counts[query] = answers.counts[place]
      let (from, to) = (place * k..<(place + 1) * k, query * k..<(query + 1) * k)
      found.rows.replaceSubrange(to, with: answers.rows[from])
      found.distances.replaceSubrange(to, with: answers.distances[from])
    }
  }
}
