internal import Glibc

/// How much two rankings of the same documents agree, whatever their quality.
package struct RankingOverlap {
  private let firstLength: Int
  private let secondLength: Int
  /// At `depth - 1`: the documents that both have among their first `depth`.
  private let common: [Int]

  /// Compares two rankings of distinct documents, best first.
  ///
  /// - Complexity: O(documents).
  package init(_ first: [UInt32], _ second: [UInt32]) {
    firstLength = first.count
    secondLength = second.count
    let rankOf = Dictionary(zip(second, 1...max(second.count, 1))) { rank, _ in rank }
    // Both have a document from the depth on at which the later of them has it.
    var arrivals = [Int](repeating: 0, count: max(first.count, second.count))
    for (place, document) in first.enumerated() {
      if let rank = rankOf[document] { arrivals[max(place + 1, rank) - 1] += 1 }
    }
    var found = 0
    common = arrivals.map { arrived in
      found += arrived
      return found
    }
  }

  /// The share of the first `depth` that both have, of as many as the longer one has there; two
  /// empty rankings agree.
  package func overlap(at depth: Int) -> Double {
    let length = min(depth, max(firstLength, secondLength))
    return length == 0 ? 1 : Double(common[length - 1]) / Double(length)
  }

  /// Rank-biased overlap, extrapolated: equation 32 of Webber, Moffat and Zobel, "A similarity
  /// measure for indefinite rankings", TOIS 28(4), 2010, doi:10.1145/1852102.1852106.
  ///
  /// - Parameter persistence: the paper's p, between 0 and 1: how likely a reader goes on to the
  ///   next document. With 0.9 the first ten documents have 86 % of the weight.
  /// - Returns: from 0, nothing in common, to 1, the same ranking. Two empty rankings agree; an
  ///   empty one has nothing in common with any other.
  package func rankBiasedOverlap(persistence: Double) -> Double {
    let short = min(firstLength, secondLength)
    let long = max(firstLength, secondLength)
    guard short > 0 else { return long == 0 ? 1 : 0 }
    let shortShare = Double(common[short - 1]) / Double(short)
    var weight = 1.0
    var sum = 0.0
    for depth in 1...long {
      weight *= persistence
      var agreement = Double(common[depth - 1]) / Double(depth)
      // Beyond its end the shorter ranking is taken to go on as it did.
      if depth > short { agreement += shortShare * Double(depth - short) / Double(depth) }
      sum += agreement * weight
    }
    let atShort = Double(common[short - 1])
    let atLong = Double(common[long - 1])
    let tail = (atLong - atShort) / Double(long) + shortShare
    return (1 - persistence) / persistence * sum + tail * weight
  }
}
