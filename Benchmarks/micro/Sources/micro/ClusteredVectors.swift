internal import Needletail

/// Vectors around many centers, and queries like them.
struct ClusteredVectors {
  static let count = 20_000
  static let dimension = 128
  static let queryCount = 1_000
  private static let clusters = 200
  private static let noise: Float = 0.5

  let base: VectorSet
  /// `[queryCount, dimension]`.
  let queries: [Float]

  init() {
    var generator = SplitMix64(seed: 42)
    func uniform(_ rows: Int) -> [Float] {
      (0..<rows * Self.dimension).map { _ in Float.random(in: -1...1, using: &generator) }
    }
    let centers = uniform(Self.clusters)
    func clustered(_ rows: Int) -> [Float] {
      var values = uniform(rows)
      for row in 0..<rows {
        let center = Int.random(in: 0..<Self.clusters, using: &generator) * Self.dimension
        for column in 0..<Self.dimension {
          let place = row * Self.dimension + column
          values[place] = centers[center + column] + Self.noise * values[place]
        }
      }
      return values
    }
    base = VectorSet(clustered(Self.count), dimension: Self.dimension)
    queries = clustered(Self.queryCount)
  }
}
