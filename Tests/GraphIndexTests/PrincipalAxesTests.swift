import GraphIndex
import IntegerScan
import TestSupport
import Testing
import VectorCore

/// Vectors that lie in a space of `rank` dimensions.
private func lowRank(_ count: Int, dimension: Int, rank: Int, noise: Float = 0) -> [[Float]] {
  let directions = rows(
    SyntheticVectors.uniform(rank, dimension: dimension, seed: 11),
    dimension: dimension
  )
  let weights = rows(SyntheticVectors.uniform(count, dimension: rank, seed: 12), dimension: rank)
  let rest = rows(SyntheticVectors.uniform(count, dimension: dimension), dimension: dimension)
  return (0..<count).map { row in
    (0..<dimension).map { column in
      (0..<rank).reduce(noise * rest[row][column]) {
        $0 + weights[row][$1] * directions[$1][column]
      }
    }
  }
}

/// Σ ⟨axis, vector⟩² over Σ |vector|².
private func keptShare(_ axes: [[Float]], _ vectors: [[Float]]) -> Double {
  let kept = vectors.reduce(0.0) { sum, vector in
    axes.reduce(sum) { $0 + dot($1, vector) * dot($1, vector) }
  }
  return kept / vectors.reduce(0.0) { $0 + dot($1, $1) }
}

@Suite struct PrincipalAxesTests {
  @Test(arguments: [(12, 12), (12, 5), (70, 33), (1, 1)])
  func axesAreOrthonormal(dimension: Int, count: Int) {
    let vectors = rows(SyntheticVectors.uniform(500, dimension: dimension), dimension: dimension)
    let axes = PrincipalAxes(of: vectors, count: count, seed: 1, threads: 2).axes
    #expect(axes.count == count)
    for (place, axis) in axes.enumerated() {
      #expect(axis.count == dimension)
      for (other, second) in axes.enumerated() {
        #expect(abs(dot(axis, second) - (place == other ? 1 : 0)) < 1e-5)
      }
    }
  }

  @Test func theFirstAxesCarryTheVariance() {
    let vectors = lowRank(400, dimension: 40, rank: 6, noise: 0.01)
    let axes = PrincipalAxes(of: vectors, count: 20, seed: 1, threads: 2).axes
    #expect(keptShare(Array(axes.prefix(6)), vectors) > 0.999)
    #expect(keptShare(Array(axes.prefix(3)), vectors) > 0.5)
    let shares = axes.map { keptShare([$0], vectors) }
    for (strong, weak) in zip(shares.prefix(6), shares.dropFirst()) {
      #expect(weak <= strong * 1.1, "\(shares)")
    }
  }

  @Test(arguments: [1, 5])
  func axesThatASetDoesNotHaveAreZero(rank: Int) {
    let vectors = lowRank(300, dimension: 12, rank: rank)
    let axes = PrincipalAxes(of: vectors, count: 12, seed: 1, threads: 1).axes
    for (place, axis) in axes.enumerated() {
      #expect(abs(dot(axis, axis) - (place < rank ? 1 : 0)) < 1e-5, "axis \(place)")
    }
    let nothing = [[Float]](repeating: [0, 0, 0], count: 4)
    let none = PrincipalAxes(of: nothing, count: 3, seed: 1, threads: 1).axes
    #expect(none.allSatisfy { $0 == [0, 0, 0] })
  }

  @Test func threadsChangeNoBit() {
    let vectors = rows(SyntheticVectors.uniform(300, dimension: 50), dimension: 50)
    let one = PrincipalAxes(of: vectors, count: 30, seed: 1, threads: 1).axes
    #expect(PrincipalAxes(of: vectors, count: 30, seed: 1, threads: 3).axes == one)
  }
}

@Suite struct LeanAxesTests {
  /// Axes of vectors, each of which the next is a neighbor of.
  private func lean(_ vectors: [[Float]]) -> LeanAxes {
    let differences = zip(vectors, vectors.dropFirst()).map { zip($0, $1).map { $1 - $0 } }
    return LeanAxes(of: vectors, differences: differences, seed: 1, threads: 2)
  }

  @Test func aSetOfLowRankKeepsItsVariance() {
    let vectors = lowRank(400, dimension: 200, rank: 40)
    let lean = self.lean(vectors)
    #expect(lean.axes.count == 128)
    #expect(lean.kept > 0.999 && lean.kept < 1.001)
    #expect(lean.saves)
    // All that is left over are the codes' own errors.
    let squares = vectors.reduce(0.0) { $0 + dot($1, $1) }
    let rms = (squares / Double(400 * 200)).squareRoot()
    #expect(Double(lean.restRootMeanSquare) < 0.15 * rms)
    #expect(Double(lean.along.rootMeanSquare) > rms)
  }

  @Test func turnedAxesSpanTheSameSpace() {
    let vectors = lowRank(400, dimension: 200, rank: 40)
    let axes = lean(vectors).axes
    let spanned = (0..<axes.count).map { axes.axes.values(of: $0) }
    // Bytes hold an axis to about one part in 250 of its largest value.
    for (place, axis) in spanned.enumerated() {
      #expect(abs(dot(axis, axis) - 1) < 0.02 || dot(axis, axis) < 0.7, "axis \(place)")
    }
    #expect(abs(keptShare(spanned, vectors) - 1) < 0.01)
    // None is much stronger than the others: each has its share of the 40 that there are.
    let shares = spanned.map { keptShare([$0], vectors) }
    #expect((shares.max() ?? 1) < 0.06)
  }

  @Test func aSetOfFullRankIsNotWorthIt() {
    let vectors = rows(SyntheticVectors.uniform(2_000, dimension: 200), dimension: 200)
    let lean = self.lean(vectors)
    #expect(!lean.saves)
    #expect(lean.axes.count == 200)
    let short = rows(SyntheticVectors.uniform(100, dimension: 30), dimension: 30)
    #expect(!self.lean(short).saves)
  }

  @Test func anOpenCodecFallsBack() throws {
    let full = SyntheticVectors.uniform(1_500, dimension: 200)
    let index = try hnsw(full, dimension: 200, .cosine, ["layout": "slim"])
    #expect(index.summary.parameters["codec"] == "sq4")
    let low = Array(lowRank(300, dimension: 200, rank: 20).joined())
    let lean = try hnsw(low, dimension: 200, .cosine, ["layout": "slim"])
    #expect(lean.summary.parameters["codec"] == "leanvec")
    let asked = try hnsw(full, dimension: 200, .cosine, ["codec": "leanvec"])
    #expect(asked.summary.parameters["codec"] == "leanvec")
  }
}
