import FaissIndexes
import Foundation
import IndexStore
import Synchronization
import TestSupport
import Testing
import VectorCore

/// The three backends of this module.
let backends: [any IndexBackend.Type] = [
  FaissFlatBackend.self, FaissIVFPQBackend.self, FaissHNSWBackend.self,
]

/// `count * dimension` seeded numbers, roughly normal around zero.
func gaussian(count: Int, dimension: Int, seed: UInt64 = 1) -> [Float] {
  var generator = SplitMix64(seed: seed)
  return (0..<count * dimension).map { _ in
    (0..<6).reduce(into: Float(-3)) { sum, _ in sum += Float.random(in: 0..<1, using: &generator) }
  }
}

/// Exact neighbours in double precision, nearest first, ties by row.
func bruteForce(
  _ base: [Float],
  _ query: ArraySlice<Float>,
  metric: Metric
) -> [(row: Int, score: Double)] {
  let dimension = query.count
  let query = query.map { Double($0) }
  let scores = (0..<base.count / dimension).map { row in
    let vector = base[row * dimension..<(row + 1) * dimension].map { Double($0) }
    let pairs = zip(query, vector)
    switch metric {
    case .innerProduct: return pairs.reduce(0) { $0 + $1.0 * $1.1 }
    case .squaredL2: return pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    case .cosine:
      let lengths = [query, vector].map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      return pairs.reduce(0) { $0 + $1.0 * $1.1 } / (lengths[0] * lengths[1])
    }
  }
  let sign: Double = metric.largerIsNearer ? -1 : 1
  return scores.indices.map { ($0, scores[$0]) }.sorted { left, right in
    (sign * left.score, left.row) < (sign * right.score, right.row)
  }
}

/// Recall at k against ids of exact results, both `[n, k]`.
func recall(_ results: SearchResults, _ truth: SearchResults) -> Double {
  let hits = (0..<truth.queryCount).reduce(0) { sum, query in
    let found = Set(results[query].map(\.id))
    return sum + truth[query].count { found.contains($0.id) }
  }
  return Double(hits) / Double(truth.counts.reduce(0, +))
}

/// The GloVe slice that ships with the tests.
enum GloVe {
  static let dimension = 50

  /// Reads a `[n, 50]` f16 array after its npy header.
  static func read(_ path: String) throws -> [Float] {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    let headerBytes = 10 + Int(data[8]) + Int(data[9]) << 8
    let body = [UInt8](data[headerBytes...])
    return stride(from: 0, to: body.count, by: 2).map { place in
      Float(Float16(bitPattern: UInt16(body[place]) | UInt16(body[place + 1]) << 8))
    }
  }

  static func base() throws -> VectorSet {
    VectorSet(try read(RealVectors.base), dimension: dimension, name: "glove")
  }

  static func queries() throws -> [Float] { try read(RealVectors.queries) }
}

/// Builds an index over vectors in memory.
func build(
  _ backend: any IndexBackend.Type,
  _ values: [Float],
  dimension: Int,
  metric: Metric = .squaredL2,
  parameters: Parameters = [:],
  threads: Int = 1,
  seed: UInt64 = 42
) throws -> any StoredIndex {
  try backend.makeIndex(
    over: VectorSet(values, dimension: dimension),
    parameters: parameters,
    options: BuildOptions(metric: metric, threads: threads, seed: seed)
  )
}

/// The index in faiss's format.
func serialized(_ index: any StoredIndex) throws -> SharedArray<UInt8> {
  try #require(index as? FaissIndex).handle.serialized()
}

/// Notes the progress of adding.
final class Progress: Sendable {
  private let noted = Mutex<[Int]>([])

  func note(_ progress: BuildProgress) {
    guard progress.phase == "adding" else { return }
    noted.withLock { $0.append(progress.done) }
  }

  var steps: [Int] { noted.withLock { $0 } }
}
