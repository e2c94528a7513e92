public import VectorCore

/// Vectors made by a seeded generator, the same on every run.
public enum SyntheticVectors {
  /// Uniform values in −1…1, `[count, dimension]`.
  public static func uniform(_ count: Int, dimension: Int, seed: UInt64 = 1) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count * dimension).map { _ in Float.random(in: -1...1, using: &generator) }
  }

  /// Vectors around a few centers, `[count, dimension]`: nearer to real data than uniform ones.
  public static func clustered(
    _ count: Int,
    dimension: Int,
    clusters: Int = 20,
    seed: UInt64 = 1
  ) -> [Float] {
    let centers = uniform(clusters, dimension: dimension, seed: seed &+ 1000)
    let noise = uniform(count, dimension: dimension, seed: seed)
    return (0..<count * dimension).map { place in
      let (row, column) = place.quotientAndRemainder(dividingBy: dimension)
      return centers[row % clusters * dimension + column] + 0.35 * noise[place]
    }
  }
}

/// Exact search written as plainly as can be, in double precision.
public enum BruteForce {
  /// The distance that smaller-is-nearer order uses.
  public static func distance(
    _ query: some Collection<Float>,
    _ vector: some Collection<Float>,
    metric: Metric
  ) -> Double {
    let pairs = zip(query, vector).map { (Double($0), Double($1)) }
    switch metric {
    case .innerProduct: return -pairs.reduce(0) { $0 + $1.0 * $1.1 }
    case .squaredL2: return pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    case .cosine:
      let lengths = pairs.reduce((0.0, 0.0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
      return -pairs.reduce(0) { $0 + $1.0 * $1.1 } / (lengths.0 * lengths.1).squareRoot()
    }
  }

  /// Rows and distances of all vectors, nearest to the query first, ties by row.
  public static func ranking(
    of query: some Collection<Float>,
    in vectors: [Float],
    dimension: Int,
    metric: Metric
  ) -> [(row: Int, distance: Double)] {
    (0..<vectors.count / dimension).map { row in
      let vector = vectors[row * dimension..<(row + 1) * dimension]
      return (row, distance(query, vector, metric: metric))
    }
    .sorted { ($0.distance, $0.row) < ($1.distance, $1.row) }
  }
}
