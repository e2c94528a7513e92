import GraphIndex
import IntegerScan
import TestSupport
import Testing
import VectorCore

@Suite struct ProjectionTests {
  /// Projects a vector, and says how far off each product may be.
  private func project(
    _ vector: [Float],
    _ axes: [[Float]],
    exactly: Bool,
    scale: Float = 1
  ) -> [(value: Double, due: Double, error: Double)] {
    let projection = Projection(axes)
    let width = (vector.count + 127) / 128 * 128
    var coded = CodedQuery(width: width)
    unsafe coded.load(vector, count: vector.count)
    var projected = [Float](repeating: .nan, count: projection.room)
    unsafe projection.project(coded, exactly: exactly, scale: scale, into: &projected)
    #expect(projection.count == axes.count)
    let most = Double(vector.reduce(0) { max($0, abs($1)) })
    return axes.enumerated().map { place, axis in
      let largest = Double(axis.reduce(0) { max($0, abs($1)) })
      // Half a unit of the axis' bytes, and half a unit of the vector's 15 bits, or of 7.
      let ofAxis = vector.reduce(0.0) { $0 + Double(abs($1)) } * largest / 127 / 2
      let ofVector = axis.reduce(0.0) { $0 + Double(abs($1)) } * most / (exactly ? 16_192 : 126) / 2
      return (
        Double(projected[place]), Double(scale) * dot(axis, vector),
        Double(scale) * (ofAxis + 1.1 * ofVector) + 1e-6
      )
    }
  }

  @Test(arguments: [1, 3, 16, 17, 100], [1, 4, 63, 64, 65, 130, 400])
  func productsAreThoseOfFloats(count: Int, dimension: Int) {
    let axes = rows(SyntheticVectors.uniform(count, dimension: dimension), dimension: dimension)
    let vector = SyntheticVectors.uniform(1, dimension: dimension, seed: 5).map { 3 * $0 }
    for exactly in [false, true] {
      for scale: Float in [1, 0.01] {
        for product in project(vector, axes, exactly: exactly, scale: scale) {
          #expect(abs(product.value - product.due) <= product.error, "\(product)")
        }
      }
    }
  }

  @Test func allBitsSayMoreThanTheUpperOnes() {
    let axes = rows(SyntheticVectors.uniform(50, dimension: 200), dimension: 200)
    // An axis is what its bytes are, so that only the vector's bits are left to err.
    let projection = Projection(axes)
    let stored = (0..<50).map { projection.axes.values(of: $0) }
    let vector = SyntheticVectors.uniform(1, dimension: 200, seed: 5)
    func worst(_ exactly: Bool) -> Double {
      project(vector, stored, exactly: exactly).map { abs($0.value - $0.due) }.max() ?? 0
    }
    #expect(worst(true) < worst(false) / 20)
    #expect(worst(true) < 1e-3)
  }

  @Test func nothingProjectsToNothing() {
    let axes = rows(SyntheticVectors.uniform(20, dimension: 30), dimension: 30)
    let zero = [Float](repeating: 0, count: 30)
    #expect(project(zero, axes, exactly: true).allSatisfy { $0.value == 0 })
    let none = [[Float]](repeating: zero, count: 5)
    let vector = SyntheticVectors.uniform(1, dimension: 30)
    #expect(project(vector, none, exactly: true).allSatisfy { $0.value == 0 })
  }
}
