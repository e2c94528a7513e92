internal import CKernels
internal import IntegerScan
internal import VectorCore

/// Chooses the lists that queries scan.
///
/// A list's bound for a query of unit length is the product with its center plus three standard
/// deviations of its residuals: about the best score that one of some hundred vectors in it reaches.
/// The best list's bound less the margin decides; the lists close to the best come in a first phase,
/// so that the others meet a threshold that is worth something.
// @unchecked Sendable because each worker owns one.
@safe
final class ListChoice: @unchecked Sendable {
  /// The lists of the first phase, and the others.
  let near = PairBuffer()
  let far = PairBuffer()
  /// Scores that the scan of each query may begin with.
  private(set) var thresholds: [Float] = []

  private let lists: InvertedLists
  private let scorer: CentroidScorer
  private let biases: [Float]
  private let places: MutableMemory<UInt32>
  private let bounds: MutableMemory<Float>

  /// Deviations that a list's best vector may lie above its center, and the width of the first phase.
  private static let deviations: Float = 3
  private static let firstPhase: Float = 0.6

  init(_ lists: InvertedLists) {
    self.lists = lists
    let used = (0..<lists.count).map { list in
      lists.starts[list] < lists.starts[list + 1]
        ? Self.deviations * lists.spreads[list] : -.infinity
    }
    let width = lists.centroids.paddedCount
    biases = used + Array(repeating: -.infinity, count: width - lists.count)
    scorer = CentroidScorer(lists.centroids, biases: biases)
    let room = Int(needle_candidate_room(width))
    places = MutableMemory(count: room)
    bounds = MutableMemory(count: room)
  }

  /// Queries that are scored together.
  var group: Int { scorer.group }

  /// Forgets the lists chosen so far.
  func removeAll() {
    near.removeAll()
    far.removeAll()
    thresholds.removeAll(keepingCapacity: true)
  }

  /// Appends the lists of some queries.
  func choose(
    for queries: Range<Int>,
    codes: RowCodes,
    lengths: UnsafePointer<Float>,
    rule: ProbeRule,
    guess: ThresholdGuess
  ) {
    // Bounds are those of queries of unit length.
    let inverse = { (query: Int) -> Float in
      unsafe lengths[query] > 0 ? 1 / lengths[query] : 0
    }
    unsafe scorer.score(queries, of: codes, scale: inverse) { place, bounds in
      near.reserve(bounds.count + 16)
      far.reserve(bounds.count + 16)
      let length = unsafe lengths[queries.lowerBound + place]
      let first = near.count
      unsafe rule.nprobe > 0
        ? chooseBest(of: bounds, rule, length) : chooseWithin(bounds, rule, length)
      near.endQuery()
      far.endQuery()
      thresholds.append(guess.threshold(near, from: first, length: length))
    }
  }

  /// Chooses the lists within the margin, and more where they hold too few vectors.
  private func chooseWithin(
    _ bounds: UnsafeBufferPointer<Float>,
    _ rule: ProbeRule,
    _ length: Float
  ) {
    guard let start = bounds.baseAddress else { return }
    let kernels = unsafe needle_select_for(needle_simd_level())
    let best = unsafe start[kernels.pointee.largest(start, bounds.count)]
    let nearLimit = best - Self.firstPhase * lists.spread
    let before = (near: near.count, far: far.count)
    var margin = rule.margin * lists.spread
    while true {
      let limit = margin < .infinity ? best - margin : -.greatestFiniteMagnitude
      unsafe near.selection.count = before.near
      unsafe far.selection.count = before.far
      unsafe kernels.pointee.at_least(
        start,
        biases,
        bounds.count,
        limit,
        nearLimit,
        length,
        &near.selection,
        &far.selection
      )
      if margin == .infinity { return }
      let held = near.vectors(after: before.near, in: lists, atMost: rule.rerank)
      if held + far.vectors(after: before.far, in: lists, atMost: rule.rerank) >= rule.rerank {
        return
      }
      margin = max(1.5 * margin, lists.spread / 8)
      if !margin.isFinite || margin == 0 { margin = .infinity }
    }
  }

  /// Chooses a number of lists by their bounds.
  private func chooseBest(
    of scores: UnsafeBufferPointer<Float>,
    _ rule: ProbeRule,
    _ length: Float
  ) {
    guard let places = unsafe places.elements.baseAddress,
      let bounds = unsafe bounds.elements.baseAddress
    else { return }
    var used = 0
    for list in 0..<lists.count where unsafe scores[list] > -.infinity {
      unsafe places[used] = UInt32(list)
      unsafe bounds[used] = scores[list]
      used += 1
    }
    var candidates = unsafe needle_candidates(
      scores: bounds,
      rows: places,
      count: UInt32(used),
      keep: UInt32(min(rule.nprobe, used)),
      threshold: -.infinity
    )
    unsafe needle_int8_kernels_for(needle_simd_level()).pointee.prune(&candidates, 1)
    let chosen = unsafe Int(candidates.count)
    let best = (0..<chosen).reduce(-.infinity) { unsafe max($0, bounds[$1]) }
    let nearLimit = best - Self.firstPhase * lists.spread
    for index in 0..<chosen {
      let list = unsafe places[index]
      let product = unsafe (bounds[index] - biases[Int(list)]) * length
      let buffer = unsafe bounds[index] >= nearLimit ? near : far
      unsafe buffer.selection.places[buffer.count] = list
      unsafe buffer.selection.values[buffer.count] = product
      unsafe buffer.selection.count += 1
    }
  }
}

extension PairBuffer {
  /// The vectors in the lists from pair `first` on, counted no further than `limit`.
  fileprivate func vectors(after first: Int, in lists: InvertedLists, atMost limit: Int) -> Int {
    var held = 0
    var pair = first
    while pair < count, held < limit {
      let list = unsafe Int(selection.places[pair])
      held += lists.starts[list + 1] - lists.starts[list]
      pair += 1
    }
    return held
  }
}
