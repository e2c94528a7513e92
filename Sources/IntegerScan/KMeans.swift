internal import CKernels
internal import VectorCore

/// k-means over 8-bit codes: Lloyd's algorithm, doi:10.1109/TIT.1982.1056489, with the assignment as
/// an integer matrix product.
///
/// Seeded and deterministic: the same clusters for any number of threads. The first rounds run on a
/// sample, the others on all rows.
package struct KMeans {
  /// The clusters' centers.
  package private(set) var centroids: Centroids
  /// The cluster of each row, `[count]`.
  package private(set) var assignment: [UInt32] = []

  private let rows: RowCodes
  private let count: Int
  private let dimension: Int
  private let threads: Int

  /// How many rounds are worth their time.
  package enum Effort: Sendable {
    /// For lists that are searched many times: until little changes.
    case thorough
    /// For lists that are searched once: of a sample alone.
    case brief

    /// Rows per cluster in the sample of the first rounds.
    fileprivate var sampleRows: Int { self == .thorough ? 64 : 32 }
    /// Rounds on the sample.
    fileprivate var sampleRounds: Int { self == .thorough ? 8 : 5 }
    /// Rounds on all rows.
    fileprivate var fullRounds: Int { self == .thorough ? 6 : 0 }
    /// Rounds in all, each a pass over rows; for progress.
    package var rounds: Int { sampleRounds + fullRounds + 1 }
  }

  /// Clusters the first `count` of `rows`.
  ///
  /// - Parameters:
  ///   - rows: vectors of `dimension`, encoded.
  ///   - count: how many of them.
  ///   - dimension: the length of the vectors.
  ///   - clusters: 1...count.
  ///   - seed: of the first centers, the sample and the splits.
  ///   - effort: how many rounds it takes.
  ///   - threads: how many threads may work.
  ///   - progress: called after each round.
  /// - Complexity: at most a count · clusters · dimension products for each round.
  package init(
    _ rows: RowCodes,
    count: Int,
    dimension: Int,
    clusters: Int,
    seed: UInt64,
    effort: Effort = .thorough,
    threads: Int,
    progress: (Int) -> Void = { _ in }
  ) {
    precondition((1...count).contains(clusters), "\(clusters) clusters of \(count) rows")
    self.rows = rows
    self.count = count
    self.dimension = dimension
    self.threads = threads
    let shuffled = seededShuffle(of: count, seed: seed)
    let sample = Array(shuffled.prefix(effort.sampleRows * clusters))
    var start: [Float] = []
    start.reserveCapacity(clusters * dimension)
    for row in shuffled.prefix(clusters) { start += Self.values(of: rows, Int(row), dimension) }
    centroids = Centroids(start, dimension: dimension)

    let all = sample.count == count ? sample : Array(0..<UInt32(count))
    for round in 0..<effort.rounds - 1 {
      let chosen = round < effort.sampleRounds ? sample : all
      let nearest = assign(chosen)
      centroids = update(chosen, nearest, seed: seed &+ UInt64(round))
      progress(round + 1)
    }
    assignment = assign(Array(0..<UInt32(count)))
    progress(effort.rounds)
  }

  /// The nearest center of each row; the lower one where two are equally near.
  private func assign(_ chosen: [UInt32]) -> [UInt32] {
    let nearest = MutableMemory<UInt32>(count: chosen.count)
    let halfNorms = halfNorms
    let scorers = (0..<threads).map { _ in CentroidScorer(centroids, biases: halfNorms) }
    parallelFor(chosen.count, chunk: scorers[0].group * 8, threads: threads) { worker, range in
      let scorer = scorers[worker]
      let one = { (_: Int) -> Float in 1 }
      for start in stride(from: range.lowerBound, to: range.upperBound, by: scorer.group) {
        let group = start..<min(start + scorer.group, range.upperBound)
        unsafe scorer.score(chosen[group].lazy.map(Int.init), of: rows, scale: one) {
          place,
          scores in
          guard let first = scores.baseAddress else { return }
          unsafe nearest.elements[start + place] = UInt32(
            IntegerKernels.best.select.pointee.largest(first, scores.count)
          )
        }
      }
    }
    return unsafe Array(nearest.elements)
  }

  /// −|center|² / 2: what turns a product into the order of distances.
  private var halfNorms: [Float] {
    (0..<centroids.count).map { center in
      let values = centroids.values(of: center)
      return unsafe values.withUnsafeBufferPointer { values in
        unsafe Float(values.baseAddress.map { unsafe squaredNorm($0, dimension) / -2 } ?? 0)
      }
    }
  }

  /// The means of the rows assigned to each center; a cluster without rows takes half of the
  /// largest one.
  private func update(_ chosen: [UInt32], _ nearest: [UInt32], seed: UInt64) -> Centroids {
    let groups = Grouping(nearest, groups: centroids.count)
    let means = MutableMemory<Float>(count: centroids.count * dimension)
    parallelFor(centroids.count, chunk: 8, threads: threads) { _, range in
      for center in range {
        let members = groups[center]
        guard !members.isEmpty, let sums = unsafe means.elements.baseAddress else { continue }
        let mean = unsafe sums + center * dimension
        for member in members {
          let row = Int(chosen[Int(member)])
          unsafe IntegerKernels.best.encoders.pointee.accumulate(
            rows.codes(of: row),
            dimension,
            rows.unit(of: row),
            mean
          )
        }
        for column in 0..<dimension { unsafe mean[column] /= Float(members.count) }
      }
    }
    var values = unsafe Array(means.elements)
    splitLargest(&values, sizes: groups.sizes, seed: seed)
    return Centroids(values, dimension: dimension)
  }

  /// Gives each empty cluster a center beside that of the largest, and halves that one's size.
  private func splitLargest(_ values: inout [Float], sizes: [Int], seed: UInt64) {
    var sizes = sizes
    var generator = SplitMix64(seed: seed)
    for empty in sizes.indices where sizes[empty] == 0 {
      guard let largest = sizes.indices.max(by: { (sizes[$0], $1) < (sizes[$1], $0) }),
        sizes[largest] > 1
      else { return }
      let row = values[largest * dimension..<(largest + 1) * dimension]
      // Two code units apart: less might not survive the quantisation.
      let apart = 2 * CodePanels.unit(largest: row.reduce(0) { max($0, abs($1)) })
      for column in 0..<dimension {
        let shift = generator.next() >> 63 == 0 ? apart : -apart
        values[empty * dimension + column] = values[largest * dimension + column] + shift
        values[largest * dimension + column] -= shift
      }
      sizes[empty] = sizes[largest] / 2
      sizes[largest] -= sizes[empty]
    }
  }

  private static func values(of rows: RowCodes, _ row: Int, _ dimension: Int) -> [Float] {
    let codes = unsafe UnsafeBufferPointer(start: rows.codes(of: row), count: dimension)
    return unsafe codes.map { Float($0) * rows.unit(of: row) }
  }
}
