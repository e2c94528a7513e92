internal import VectorCore

/// Draws that depend on a seed and a query alone.
enum Sampling {
  /// Some elements of a list in random order, each at most once.
  ///
  /// - Parameters:
  ///   - count: how many are drawn, if there are so many.
  ///   - elements: what is drawn from.
  ///   - seed: of the whole preparation.
  ///   - query: the number of the query, see ``QueryHash``.
  ///   - stream: tells several draws for one query apart.
  /// - Returns: what was drawn, in the order of the draw.
  static func draw<Element>(
    _ count: Int,
    of elements: [Element],
    seed: UInt64,
    query: UInt64,
    stream: UInt64 = 0
  ) -> [Element] {
    let own = SplitMix64.value(seed: SplitMix64.value(seed: seed, at: stream), at: query)
    return seededShuffle(of: elements.count, seed: own).prefix(count).map { elements[Int($0)] }
  }
}
