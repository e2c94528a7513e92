import ClusterIndex
import FlatIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Search parameters that scan every list and rank every vector again.
let everything: Parameters = ["margin": 1_000, "rerank": 65_536]

func ivf(
  _ values: [Float],
  dimension: Int,
  _ metric: Metric,
  _ parameters: Parameters = ["rerank": "f32"],
  threads: Int = 2
) throws -> any StoredIndex {
  try IVFBackend.makeIndex(
    over: VectorSet(values, dimension: dimension),
    parameters: parameters,
    options: BuildOptions(metric: metric, threads: threads)
  )
}

func flat(_ values: [Float], dimension: Int, _ metric: Metric) throws -> any StoredIndex {
  try FlatBackend.makeIndex(
    over: VectorSet(values, dimension: dimension),
    options: BuildOptions(metric: metric)
  )
}

/// The share of the true neighbours that were found.
func recall(_ found: SearchResults, _ truth: SearchResults) -> Double {
  var hits = 0
  for query in 0..<truth.queryCount {
    hits += Set(found[query].map(\.id)).intersection(truth[query].map(\.id)).count
  }
  return Double(hits) / Double(truth.ids.count)
}

/// The sizes of an index's lists, from its file.
func listSizes(_ index: any StoredIndex) throws -> [Int] {
  let folder = try TemporaryFolder()
  _ = try IndexFile.write(index, to: folder.path("index"), compress: false)
  let parts = try RewrittenIndex(IndexFile.open(folder.path("index")))
  return try #require(parts.words["list-sizes"]).map { Int($0) }
}

/// Whether two answers are the same bits.
func identical(_ left: SearchResults, _ right: SearchResults) -> Bool {
  left.counts == right.counts && left.ids == right.ids
    && left.scores.map(\.bitPattern) == right.scores.map(\.bitPattern)
}

/// Checks answers against the metric in double precision: the nearest `k` in order, each with its own
/// score, but for what rounding may exchange.
struct ExactCheck {
  let values: [Float]
  let dimension: Int
  let metric: Metric
  /// What a score may be off by, relative to the sum of its terms' absolute values.
  var tolerance = 3e-6

  /// A distance, smaller is nearer, and how far off single precision may be.
  private func distance(_ query: [Float], _ row: Int) -> (value: Double, error: Double) {
    let vector = values[row * dimension..<(row + 1) * dimension]
    let value = BruteForce.distance(query, vector, metric: metric)
    let terms = zip(query, vector).reduce(0.0) { $0 + abs(Double($1.0) * Double($1.1)) }
    switch metric {
    case .innerProduct: return (value, terms * tolerance)
    case .cosine: return (value, tolerance)
    case .squaredL2: return (value, value * tolerance)
    }
  }

  func expectNearest(
    _ found: SearchResults,
    _ queries: [Float],
    k: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.queryCount == queries.count / dimension, sourceLocation: sourceLocation)
    for query in 0..<found.queryCount {
      let asked = Array(queries[query * dimension..<(query + 1) * dimension])
      let exact = (0..<values.count / dimension).map { distance(asked, $0) }
      let order = exact.indices.sorted { (exact[$0].value, $0) < (exact[$1].value, $1) }
      let neighbors = found[query]
      #expect(neighbors.count == k, sourceLocation: sourceLocation)
      #expect(Set(neighbors.map(\.id)).count == k, sourceLocation: sourceLocation)
      for (rank, neighbor) in neighbors.enumerated() {
        let own = exact[Int(neighbor.id)]
        let due = exact[order[rank]]
        let score = Double(metric.score(fromDistance: neighbor.score))
        #expect(
          abs(score - own.value) <= own.error,
          "query \(query), rank \(rank): \(neighbor) scores \(own)",
          sourceLocation: sourceLocation
        )
        #expect(
          abs(own.value - due.value) <= own.error + due.error,
          "query \(query), rank \(rank): \(neighbor) instead of row \(order[rank])",
          sourceLocation: sourceLocation
        )
      }
    }
  }
}
