import Foundation
import Testing
import Torch

/// Whether these tests have a libtorch.
///
/// A library that is built and broken fails them; it does not skip them.
enum Libtorch {
  #if Torch
  static let isBuilt = true
  #else
  static let isBuilt = false
  #endif
}

extension Trait where Self == ConditionTrait {
  /// For suites that compute with tensors.
  static var needsLibtorch: ConditionTrait {
    .enabled(if: Libtorch.isBuilt, "built without libtorch: use --traits Torch")
  }
}

/// Whether two arrays are as long and differ by at most `tolerance` everywhere.
func isClose(_ found: [Double], _ expected: [Double], _ tolerance: Double = 1e-6) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
}

/// A tensor of numbers from -2 to 2 that follow no simple rule.
func sample(_ shape: [Int], phase: Double = 0) throws -> Tensor {
  let count = shape.reduce(1, *)
  return try Tensor((0..<count).map { 2 * sin(Double($0) * 1.7 + phase) }, shape: shape)
}
