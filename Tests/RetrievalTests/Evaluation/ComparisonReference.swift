import Foundation
import TestSupport
import Testing

/// Rankings with their overlap and differences with their exact p; see
/// `Tests/Data/evaluation/make_comparison.py`.
struct ComparisonReference: Decodable, Sendable {
  struct Rankings: Decodable, Sendable {
    let first: [UInt32]
    let second: [UInt32]
    let overlap: [Double]
    /// Rank-biased overlap by its p.
    let rbo: [String: Double]
  }

  struct Differences: Decodable, Sendable {
    let values: [Double]
    let p: Double
  }

  let depths: [Int]
  let rankings: [Rankings]
  let differences: [Differences]

  static func load() throws -> ComparisonReference {
    let url = URL(fileURLWithPath: RealVectors.folder + "/evaluation/comparison.json")
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }
}
