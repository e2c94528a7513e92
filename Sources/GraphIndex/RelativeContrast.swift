internal import VectorCore

/// How much nearer the nearest vectors are than others; close to 1 where a search is hard.
///
/// He, Kumar and Chang, "On the difficulty of nearest neighbor search", ICML 2012.
struct RelativeContrast: Sendable {
  /// The mean distance of two vectors over that of a vector from its tenth neighbor.
  let value: Double

  private static let sample = 500
  private static let others = 20
  private static let rank = 10

  /// Measures a sample.
  ///
  /// - Parameters:
  ///   - rows: the vectors.
  ///   - nearest: `[count, k]`, the nearest of each.
  ///   - k: at least 1; 0 for a single vector.
  ///   - seed: of the sample.
  init(of rows: BuildRows, nearest: SharedArray<UInt32>, k: Int, seed: UInt64) {
    guard k > 0 else {
      value = .infinity
      return
    }
    let measure = unsafe rows.distances
    var query = [Int8](repeating: 0, count: rows.width)
    var distances = [Int32](repeating: 0, count: Self.others + 4)
    var (near, far) = (0.0, 0.0)
    for node in seededShuffle(of: rows.count, seed: seed).prefix(Self.sample) {
      let place = Int(node)
      var nodes = (0..<UInt64(Self.others)).map { other in
        UInt32(SplitMix64.value(seed: seed &+ UInt64(node), at: other) % UInt64(rows.count))
      }
      nodes[0] = nearest[place * k + min(Self.rank, k) - 1]
      let excess = unsafe measure.load(node, into: &query)
      unsafe measure.measure(
        query,
        excess: excess,
        norm: measure.norms[place],
        nodes,
        count: nodes.count,
        into: &distances
      )
      let lengths = distances.prefix(Self.others).map { Double(max(0, $0)).squareRoot() }
      near += lengths[0] * Double(Self.others - 1)
      far += lengths.dropFirst().reduce(0, +)
    }
    value = near > 0 ? far / near : .infinity
  }
}
