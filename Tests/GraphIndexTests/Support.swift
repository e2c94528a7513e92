import FlatIndex
import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// One way to hold vectors in a graph.
struct GraphCase: Sendable, CustomTestStringConvertible {
  let parameters: Parameters

  init(_ parameters: Parameters) { self.parameters = parameters }

  init(codec: String, layout: String = "auto") {
    parameters = ["codec": .text(codec), "layout": .text(layout)]
  }

  var testDescription: String { "\(parameters)" }

  /// All that fit together.
  static let all =
    ["f32", "f16", "sq8", "sq4", "rabitq", "leanvec", "pq"].map { GraphCase(codec: $0) }
    + [GraphCase(codec: "rabitq", layout: "fat")]

  /// The case with more parameters.
  func with(_ more: Parameters) -> GraphCase {
    var all = parameters
    for entry in more.entries { all[entry.name] = entry.value }
    return GraphCase(all)
  }
}

func hnsw(
  _ values: [Float],
  dimension: Int,
  _ metric: Metric = .squaredL2,
  _ parameters: Parameters = [:],
  threads: Int = 2,
  seed: UInt64 = 42
) throws -> HNSWIndex {
  let index = try HNSWBackend.makeIndex(
    over: VectorSet(values, dimension: dimension),
    parameters: parameters,
    options: BuildOptions(metric: metric, threads: threads, seed: seed)
  )
  return try #require(index as? HNSWIndex)
}

func flat(_ values: [Float], dimension: Int, _ metric: Metric) throws -> any StoredIndex {
  try FlatBackend.makeIndex(
    over: VectorSet(values, dimension: dimension),
    options: BuildOptions(metric: metric)
  )
}

/// The share of the true neighbors that were found.
func recall(_ found: SearchResults, _ truth: SearchResults) -> Double {
  var hits = 0
  for query in 0..<truth.queryCount {
    hits += Set(found[query].map(\.id)).intersection(truth[query].map(\.id)).count
  }
  return Double(hits) / Double(truth.ids.count)
}

/// Whether two answers are the same bits.
func identical(_ left: SearchResults, _ right: SearchResults) -> Bool {
  left.counts == right.counts && left.ids == right.ids
    && left.scores.map(\.bitPattern) == right.scores.map(\.bitPattern)
}

/// Uniform vectors whose lengths span four orders of magnitude.
func unequalLengths(_ count: Int, dimension: Int, seed: UInt64 = 1) -> [Float] {
  SyntheticVectors.uniform(count, dimension: dimension, seed: seed).enumerated().map {
    place,
    value in
    value * [0.01, 0.1, 1, 10, 100][place / dimension % 5]
  }
}

/// Codes of some vectors, with what they come to.
func coded(
  _ vectors: [[Float]],
  _ kind: CodedRows.Kind
) -> (rows: CodedRows, scale: ValueScale) {
  let values = vectors.joined()
  let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
  let scale = ValueScale(
    largest: values.reduce(0) { max($0, abs($1)) },
    rootMeanSquare: Float((squares / Double(values.count)).squareRoot())
  )
  let dimension = vectors[0].count
  let writer = CodedRowsWriter(kind, count: vectors.count, dimension: dimension, scale: scale)
  var plain = [UInt8](repeating: 0, count: kind.width(dimension: dimension))
  for (row, vector) in vectors.enumerated() {
    unsafe writer.write(vector, as: row, plain: &plain)
  }
  return (writer.finished(), scale)
}

/// Vectors as rows.
func rows(_ values: [Float], dimension: Int) -> [[Float]] {
  stride(from: 0, to: values.count, by: dimension).map { Array(values[$0..<$0 + dimension]) }
}

/// Σ left · right in double precision.
func dot(_ left: [Float], _ right: [Float]) -> Double {
  zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
