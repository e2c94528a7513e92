import GraphIndex
import IntegerScan
import TestSupport
import Testing
import VectorCore

/// Scores that come from codes and their rests: how far they may be from those of the vectors.
@Suite struct ResidualScoreTests {
  private static let dimension = 24
  private static let values = SyntheticVectors.clustered(500, dimension: 24)
  private static let queries = SyntheticVectors.clustered(30, dimension: 24, seed: 7)

  /// What rests can say in the images' space: their unit, and the largest value they reach.
  private func rests(_ codec: String, _ images: [[Float]]) -> (unit: Float, reach: Float) {
    let (codes, scale) = coded(images, codec == "leanvec" ? .nibbles : kind(codec))
    let rms = scale.rootMeanSquare
    switch kind(codec) {
    case .bytes: return (codes.unit / 254, .infinity)
    // Half bytes reach 7.5 units, one bit half a unit; their rests 127 of the rests' units more.
    case .nibbles where codec == "sq4":
      return (codes.unit / 24, codes.unit * (7.5 + 127 / 24))
    // All axes are kept, and four bits leave a ninth of a value: rests reach six times that. Along
    // its axes a vector may lie past that reach.
    case .nibbles: return (6 * 0.112 * rms / 127, .infinity)
    case .bits: return (4 * rms / 127, codes.unit / 2 + 4 * rms)
    }
  }

  private func kind(_ codec: String) -> CodedRows.Kind {
    codec == "pq" ? .bytes : CodedRows.Kind(rawValue: codec) ?? .nibbles
  }

  @Test(arguments: ["sq8", "sq4", "rabitq", "leanvec", "pq"], Metric.allCases)
  func scoresAreWithinWhatRestsLeave(codec: String, metric: Metric) throws {
    let d = Self.dimension
    let set = VectorSet(Self.values, dimension: d)
    let space = try SetStatistics(of: set, metric: metric, threads: 1).space(
      metric: metric,
      seed: 42
    )
    let images = rows(try set.allRows(preparedFor: metric), dimension: d).map { vector in
      var image = [Float](repeating: 0, count: space.dimension)
      unsafe space.place(vector: vector, into: &image)
      return image
    }
    let (unit, reach) = rests(codec, images)
    let index = try hnsw(Self.values, dimension: d, metric, ["codec": .text(codec)])
    #expect(index.summary.parameters["rerank"] == "residual")
    let found = try index.search(
      Self.queries.span,
      k: 500,
      parameters: ["rerank": 500, "efSearch": 500]
    )
    let asked = rows(
      try VectorSet(Self.queries, dimension: d).allRows(preparedFor: metric),
      dimension: d
    )
    let vectors = rows(Self.values, dimension: d)
    var errors: [Double] = []
    for (query, vector) in asked.enumerated() {
      var image = [Float](repeating: 0, count: space.dimension)
      _ = unsafe space.place(query: vector, into: &image)
      let most = image.reduce(0) { max($0, abs($1)) }
      for neighbor in found[query] {
        let row = Int(neighbor.id)
        let expected = referenceScore(vector, vectors[row], metric)
        // Half a unit a dimension, what lies past the reach, and half a unit of the query's codes.
        let error = zip(image, images[row]).reduce(0.0) { sum, pair in
          let past = max(0, abs(pair.1) - reach)
          return sum + Double(abs(pair.0) * (0.51 * unit + past))
            + Double(abs(pair.1) * most) / 16_192 * 1.5
        }
        let tolerance = (metric == .squaredL2 ? 2 : 1) * error + 1e-5
        errors.append(abs(Double(neighbor.score) - expected) / tolerance)
      }
    }
    errors.sort()
    let worst = codec == "leanvec" ? errors[errors.count * 95 / 100] : errors[errors.count - 1]
    #expect(worst <= 1)
    #expect(worst > 0.02, "the bound is none: \(worst)")
  }
}
