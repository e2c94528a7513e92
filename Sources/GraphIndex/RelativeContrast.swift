internal import VectorCore

/// How much nearer the nearest vectors are than others; close to 1 where a search is hard.
///
/// He, Kumar and Chang, "On the difficulty of nearest neighbor search", ICML 2012.
struct RelativeContrast: Sendable {
  /// The mean distance of two vectors over that of a vector from the tenth of its known neighbors.
  let value: Double

  private static let sample = 500
  private static let others = 19
  private static let rank = 10

  /// Measures a sample.
  ///
  /// - Parameters:
  ///   - rows: the vectors.
  ///   - near: vectors near each.
  ///   - seed: of the sample.
  init(of rows: BuildRows, near: NearNodes, seed: UInt64) {
    guard near.width > 0 else {
      value = .infinity
      return
    }
    let measure = unsafe rows.distances
    var query = [Int8](repeating: 0, count: rows.width)
    var distances = [Int32](repeating: 0, count: near.width + Self.others + 4)
    var (nearLength, farLength) = (0.0, 0.0)
    for node in seededShuffle(of: rows.count, seed: seed).prefix(Self.sample) {
      let known = Set(near.places(of: Int(node)).map { near.nodes[$0] }).subtracting([node])
      guard !known.isEmpty else { continue }
      let others = (1...UInt64(Self.others)).map { other in
        UInt32(SplitMix64.value(seed: seed &+ UInt64(node), at: other) % UInt64(rows.count))
      }
      let nodes = known.sorted() + others
      let excess = unsafe measure.load(node, into: &query)
      unsafe measure.measure(
        query,
        excess: excess,
        norm: measure.norms[Int(node)],
        nodes,
        count: nodes.count,
        into: &distances
      )
      let lengths = distances.prefix(nodes.count).map { Double(max(0, $0)).squareRoot() }
      let nearest = lengths.prefix(known.count).sorted()
      nearLength += nearest[min(Self.rank, nearest.count) - 1] * Double(Self.others)
      farLength += lengths.dropFirst(known.count).reduce(0, +)
    }
    value = nearLength > 0 ? farLength / nearLength : .infinity
  }
}
