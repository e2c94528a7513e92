internal import Glibc

/// How sure a mean recall is that was measured on some queries.
public enum RecallBound {
  /// How often a bound may lie above the true recall: 5 in 100 samples of queries.
  public static let risk = 0.05

  /// A lower bound, one-sided with 95 % confidence, of the mean that `recalls` are a sample of.
  ///
  /// The smaller of two:
  /// - x̄ − 1.645·s/√n, from the variance among the queries, which are independent where the
  ///   neighbors of one query are not. By the central limit theorem it holds for many queries, and
  ///   fails where they agree: with s = 0 it would be the mean itself.
  /// - 0.05^(1/n), the limit of Clopper and Pearson (Biometrika 26, 1934, p. 404,
  ///   doi:10.1093/biomet/26.4.404) for n successes in n trials: more queries than one in so many
  ///   could still fail altogether and not have been seen. It is the "rule of three", about
  ///   1 − 3/n (Hanley and Lippman-Hand, JAMA 249, 1983, p. 1743).
  ///
  /// - Parameter recalls: the recall of each query, `0...1`; at least one.
  /// - Returns: the bound, `0..<1`, and never above the mean.
  public static func lower(of recalls: some Collection<Double>) -> Double {
    precondition(!recalls.isEmpty, "no bound without a query")
    let n = Double(recalls.count)
    let mean = recalls.reduce(0, +) / n
    let squares = recalls.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = n > 1 ? (squares / (n - 1)).squareRoot() : 0
    let quantile = 1.644_853_626_951_472_7
    let normal = mean - quantile * deviation / n.squareRoot()
    return max(0, min(normal, ceiling(queries: recalls.count)))
  }

  /// The highest bound that so many queries can give, however well the index does.
  public static func ceiling(queries: Int) -> Double {
    pow(risk, 1 / Double(queries))
  }

  /// The fewest queries that can show a recall of `target`, `0..<1`, if the index never misses.
  public static func queriesNeeded(for target: Double) -> Int {
    guard target > risk else { return 1 }
    return Int((log(risk) / log(target)).rounded(.up))
  }
}
