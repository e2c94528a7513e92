import GraphIndex
import TestSupport
import Testing
import VectorCore

/// What a node's row says of its neighbors.
@Suite struct FatRowsTests {
  private static let dimension = 128
  private static let values = SyntheticVectors.clustered(1_500, dimension: 128, clusters: 60)
  private static let queries = SyntheticVectors.clustered(
    25,
    dimension: 128,
    clusters: 60,
    seed: 7
  )

  /// Estimates and the scores that they are of, less the score of the node whose row it is, for rows
  /// that a walk comes by: those of the nearest nodes.
  private func pairs(
    _ codec: String,
    _ metric: Metric
  ) throws -> [(estimate: Double, score: Double)] {
    let index = try hnsw(
      Self.values,
      dimension: Self.dimension,
      metric,
      ["codec": .text(codec), "layout": "fat"]
    )
    let nodes = Dictionary(
      uniqueKeysWithValues: index.rowsByNode.enumerated().map { (UInt64($1[0]), $0) }
    )
    let prepared = try VectorSet(Self.queries, dimension: Self.dimension)
      .allRows(preparedFor: metric)
    var found: [(Double, Double)] = []
    for query in rows(prepared, dimension: Self.dimension) {
      let near = try index.search(query.span, k: 10)[0]
      for neighbor in near {
        let node = try #require(nodes[neighbor.id])
        let row = try #require(index.estimates(at: node, for: query))
        for (other, estimate) in row.neighbors {
          let own = try #require(index.estimates(at: Int(other), for: query)).own
          found.append((Double(estimate - row.own), Double(own - row.own)))
        }
      }
    }
    return found
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  @Test(
    arguments: [("rabitq", 0.75), ("pq", 0.6)],
    Metric.allCases
  )
  func estimatesAreWithoutBias(codec: (name: String, floor: Double), metric: Metric) throws {
    let pairs = try pairs(codec.name, metric)
    #expect(pairs.count > 3_000)
    let (estimates, scores) = (pairs.map(\.estimate), pairs.map(\.score))
    let (m, n) = (mean(estimates), mean(scores))
    let covariance = mean(pairs.map { ($0.estimate - m) * ($0.score - n) })
    let deviation = mean(scores.map { ($0 - n) * ($0 - n) }).squareRoot()
    let other = mean(estimates.map { ($0 - m) * ($0 - m) }).squareRoot()
    let correlation = covariance / (deviation * other)
    #expect(correlation > codec.floor && correlation < 0.999, "correlation \(correlation)")
    #expect(abs(m - n) < 0.2 * deviation, "bias \((m - n) / deviation)")
  }

  @Test(arguments: ["rabitq", "pq"], Metric.allCases)
  func aRowsOwnScoreIsThatOfItsVector(codec: String, metric: Metric) throws {
    let parameters: Parameters = ["codec": .text(codec), "layout": "fat"]
    let index = try hnsw(Self.values, dimension: Self.dimension, metric, parameters)
    let prepared = try VectorSet(Self.queries, dimension: Self.dimension)
      .allRows(preparedFor: metric)
    let query = Array(prepared[..<Self.dimension])
    let vectors = rows(Self.values, dimension: Self.dimension)
    var pairs = try index.rowsByNode.enumerated().map { node, rows in
      let distance = BruteForce.distance(query, vectors[Int(rows[0])], metric: metric)
      return (distance, Double(try #require(index.estimates(at: node, for: query)).own))
    }
    // One falls in a straight line as the other rises.
    pairs.sort { $0.0 < $1.0 }
    let first = try #require(pairs.first)
    let last = try #require(pairs.last)
    let slope = (last.1 - first.1) / (last.0 - first.0)
    #expect(slope < 0)
    let range = abs(last.1 - first.1)
    for (distance, own) in pairs {
      #expect(abs(first.1 + slope * (distance - first.0) - own) < 0.02 * range)
    }
  }

  @Test func linksAreThoseOfTheSlimLayout() throws {
    // The same choices: only where they lie differs.
    let values = SyntheticVectors.clustered(400, dimension: 20)
    let parameters: Parameters = ["codec": "rabitq", "layout": "fat"]
    let fat = try hnsw(values, dimension: 20, .cosine, parameters)
    let products = try hnsw(values, dimension: 20, .cosine, ["codec": "pq"])
    #expect(fat.graph.links == products.graph.links)
    #expect(fat.graph.degree == 64)
    let query = try VectorSet(values, dimension: 20).allRows(preparedFor: .cosine).prefix(20)
    let row = try #require(fat.estimates(at: 3, for: Array(query)))
    #expect(row.neighbors.map(\.node) == fat.graph.neighbors(of: 3))
    #expect(try hnsw(values, dimension: 20).estimates(at: 0, for: Array(query)) == nil)
  }
}
