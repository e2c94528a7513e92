import IntegerScan
import TestSupport
import Testing
import VectorCore

/// Means and deviations are those of plain sums in double precision.
@Suite struct SetStatisticsTests {
  @Test(arguments: Metric.allCases, [1, 2, 100, 4_096, 4_097, 9_000])
  func agreeWithPlainSums(metric: Metric, count: Int) throws {
    let dimension = 6
    let values = SyntheticVectors.uniform(count, dimension: dimension).enumerated().map {
      $1 * Float($0 % 7 + 1) + 2
    }
    let set = VectorSet(values, dimension: dimension)
    let found = try SetStatistics(of: set, metric: metric, threads: 2)
    let rows = try set.allRows(preparedFor: metric)
    let mean = (0..<dimension).map { column in
      stride(from: column, to: rows.count, by: dimension).reduce(0.0) { $0 + Double(rows[$1]) }
        / Double(count)
    }
    for (left, right) in zip(found.mean, mean) { #expect(abs(Double(left) - right) < 1e-6) }
    let norms = (0..<count).map { row in
      (0..<dimension).reduce(0.0) { sum, column in
        let difference = Double(rows[row * dimension + column]) - mean[column]
        return sum + difference * difference
      }
    }
    let normMean = norms.reduce(0, +) / Double(count)
    let variance = norms.reduce(0) { $0 + ($1 - normMean) * ($1 - normMean) } / Double(count)
    #expect(abs(Double(found.normMean) - normMean) <= 1e-5 * normMean + 1e-12)
    #expect(abs(Double(found.normDeviation) - variance.squareRoot()) <= 1e-4 * normMean + 1e-12)
    #expect(found.largest == rows.map { abs($0) }.max())
    let square = rows.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(rows.count)
    #expect(abs(Double(found.rootMeanSquare) - square.squareRoot()) < 1e-6 * square.squareRoot())
  }

  @Test(arguments: Metric.allCases)
  func threadsChangeNoBit(metric: Metric) throws {
    let set = VectorSet(SyntheticVectors.clustered(30_000, dimension: 7), dimension: 7)
    let one = try SetStatistics(of: set, metric: metric, threads: 1)
    for threads in [2, 5] {
      let found = try SetStatistics(of: set, metric: metric, threads: threads)
      #expect(found.mean == one.mean)
      #expect(found.normMean == one.normMean)
      #expect(found.normDeviation == one.normDeviation)
      #expect(found.largest == one.largest)
      #expect(found.rootMeanSquare == one.rootMeanSquare)
    }
  }

  @Test func badVectorsAreReported() throws {
    var values = SyntheticVectors.uniform(5_000, dimension: 3)
    values[4_500 * 3 + 1] = .nan
    let set = VectorSet(values, dimension: 3, name: "broken")
    #expect(throws: IndexError.notFinite(what: "broken", row: 4_500, column: 1)) {
      try SetStatistics(of: set, metric: .squaredL2, threads: 2)
    }
  }
}
