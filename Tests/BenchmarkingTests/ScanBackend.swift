import IndexStore
import VectorCore

/// A brute-force index for tests, whose parameter `scan` says how many per cent of the rows a
/// search looks at, from the first on: recall grows with it, and reaches 1 at 100.
struct ScanIndex: StoredIndex {
  let summary: IndexSummary
  let ids: VectorIDs
  let vectors: SharedArray<Float>

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let resolved = try parameters.resolved(
      against: ScanBackend.searchParameters,
      owner: ScanBackend.name
    )
    let dimension = summary.dimension
    let seen = max(summary.count * resolved.integer("scan") / 100, 1)
    let queryCount = queries.count / dimension
    var found = NearestRows(queryCount: queryCount, k: k)
    for query in 0..<queryCount {
      let distances = (0..<seen).map { row in
        (0..<dimension).reduce(Float(0)) { sum, place in
          let left = queries[query * dimension + place]
          let right = vectors[row * dimension + place]
          return summary.metric == .squaredL2
            ? sum + (left - right) * (left - right) : sum - left * right
        }
      }
      let order = (0..<seen).sorted { (distances[$0], $0) < (distances[$1], $1) }.prefix(k)
      found.counts[query] = order.count
      for (rank, row) in order.enumerated() {
        found.rows[query * k + rank] = UInt32(row)
        found.distances[query * k + rank] = distances[row]
      }
    }
    return found
  }

  func store(in writer: inout IndexFileWriter) throws { try writer.write("vectors", vectors) }
}

enum ScanBackend: IndexBackend {
  static let name = "scan"
  static let summary = "brute force over a share of the rows"
  static let buildParameters = [
    ParameterDescription("room", .integer(0...64), default: 0, "does nothing"),
    ParameterDescription("label", .choice(["a", "b"]), default: "a", "does nothing"),
  ]
  static let searchParameters = [
    ParameterDescription(
      "scan",
      .integer(1...100),
      default: 100,
      sweep: [10, 50, 100],
      "per cent of the rows"
    ),
    ParameterDescription("extra", .integer(0...9), default: 0, "does nothing"),
  ]

  static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let values = try vectors.allRows(preparedFor: options.metric)
    options.progress(BuildProgress(phase: "adding", done: vectors.count, total: vectors.count))
    return ScanIndex(
      summary: IndexSummary(
        backend: name,
        parameters: parameters,
        metric: options.metric,
        count: vectors.count,
        dimension: vectors.dimension,
        seed: options.seed
      ),
      ids: vectors.ids,
      vectors: SharedArray(values)
    )
  }

  static func open(_ file: IndexFile) throws -> any StoredIndex {
    let summary = file.summary
    return ScanIndex(
      summary: summary,
      ids: file.ids,
      vectors: try file.array(
        "vectors",
        of: Float.self,
        count: summary.count * summary.dimension
      )
    )
  }
}

/// Vectors of small whole numbers, so that every sum is exact and many scores tie.
func gridVectors(_ count: Int, dimension: Int, seed: UInt64) -> VectorSet {
  var generator = SplitMix64(seed: seed)
  let values = (0..<count * dimension).map { _ in Float(Int(generator.next() % 9) - 4) + 0.5 }
  return VectorSet(values, dimension: dimension, name: "grid")
}

/// An exact index over a set.
func exactIndex(over vectors: VectorSet, metric: Metric) throws -> any VectorIndex {
  try ScanBackend.makeIndex(over: vectors, options: BuildOptions(metric: metric))
}
