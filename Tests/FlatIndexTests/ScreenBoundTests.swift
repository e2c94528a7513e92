import CKernels
import FlatIndex
import IndexStore
import IntegerScan
import TestSupport
import Testing
import VectorCore

/// No row whose score in single precision exceeds a threshold falls below the bound.
@Suite struct ScreenBoundTests {
  /// Vectors that differ in what makes a code, a sum or a difference inexact.
  enum Kind: CaseIterable {
    case uniform, clustered, offset, sparse, dwarfed, equal, scales, tiny, large

    func values(_ count: Int, dimension: Int, seed: UInt64) -> [Float] {
      var draw = Draw(seed: seed)
      let scales: [Float] = [1e-9, 1e-3, 1, 1e4, 1e9]
      return rows(count) { row in
        let values = draw.values(dimension)
        switch self {
        case .uniform: return values
        case .clustered: return values.map { Float(row % 3) + 0.01 * $0 }
        case .offset: return values.map { $0 + 1e4 }
        case .sparse: return values.enumerated().map { $0 == row % dimension ? $1 : 0.001 }
        case .dwarfed: return values.enumerated().map { $0 == 0 && row % 50 == 1 ? 1e5 : $1 }
        case .equal: return [Float](repeating: 0.3, count: dimension)
        case .scales: return values.map { $0 * scales[row % scales.count] }
        case .tiny: return values.map { $0 * 1e-12 }
        case .large: return values.map { $0 * 1e12 }
        }
      }
    }
  }

  /// A block of encoded rows and the queries encoded against it.
  private struct Bench {
    let rows: ScreenedRows
    let queries: [Float]
    let codes: RowCodes
    let bounds: [ScreenBound]

    init(_ values: [Float], queries: [Float], dimension: Int, _ metric: Metric) throws {
      let options = BuildOptions(metric: metric)
      let set = VectorSet(values, dimension: dimension)
      let rows = try ScreenedRows(encoding: set, options: options)
      let asked = try VectorSet(queries, dimension: dimension).allRows(preparedFor: metric)
      let count = asked.count / dimension
      let codes = RowCodes(capacity: count, dimension: rows.space.dimension)
      let image = MutableMemory<Float>(count: rows.space.dimension)
      bounds = unsafe try asked.withUnsafeBufferPointer { asked in
        let first = unsafe try #require(asked.baseAddress)
        let image = unsafe try #require(image.elements.baseAddress)
        return (0..<count).map { query in
          _ = unsafe rows.space.place(query: first + query * dimension, into: image)
          unsafe codes.encode(image, as: query)
          return unsafe ScreenBound(
            query: first + query * dimension,
            image: image,
            codes: codes.codes(of: query),
            unit: codes.unit(of: query),
            space: rows.space
          )
        }
      }
      self.rows = rows
      self.queries = asked
      self.codes = codes
    }

    /// What the integer scan computes for a pair, without its rounding.
    func product(_ query: Int, _ row: Int) -> Double {
      let sum = unsafe rows.codes.withUnsafeBufferPointer { buffer -> Int in
        guard let panels = buffer.baseAddress else { return 0 }
        return (0..<rows.space.dimension).reduce(0) { sum, column in
          let code = unsafe CodePanels.code(
            panels,
            dimension: rows.space.dimension,
            row: row,
            column: column
          )
          return unsafe sum + code * Int(codes.codes(of: query)[column])
        }
      }
      return Double(codes.unit(of: query)) * Double(rows.units[row / ScreenedRows.block])
        * Double(sum)
    }

    /// The scores of all pairs as the flat scan computes them, `[query, row]`.
    func scores(_ dimension: Int, _ level: needle_simd) -> [Float] {
      let count = rows.count
      let queryCount = bounds.count
      var scores = [Float](repeating: 0, count: count * queryCount)
      let kernels = unsafe needle_flat_kernels_for(level)
      let score =
        unsafe rows.space.metric == .squaredL2
        ? kernels.pointee.pairs_squared_l2 : kernels.pointee.pairs_dot
      let rowNumbers = (0..<count * queryCount).map { UInt32($0 % count) }
      let queryNumbers = (0..<count * queryCount).map { UInt32($0 / count) }
      unsafe rows.values.withUnsafeBufferPointer { values in
        guard let values = values.baseAddress else { return }
        unsafe score(values, queries, dimension, rowNumbers, queryNumbers, scores.count, &scores)
      }
      return scores
    }
  }

  @Test(arguments: Metric.allCases, Kind.allCases)
  func theBoundIsNeverViolated(metric: Metric, kind: Kind) throws {
    for dimension in [1, 2, 3, 17, 64, 300] {
      let count = 300
      let values = kind.values(count, dimension: dimension, seed: 1)
      let other = kind.values(3, dimension: dimension, seed: 2)
      let foreign = SyntheticVectors.uniform(2, dimension: dimension, seed: 3)
      let same = Array(values[..<(2 * dimension)])
      let queries = other + foreign + same
      let bench = try Bench(values, queries: queries, dimension: dimension, metric)
      var closest = Double.infinity
      for level in [NEEDLE_SIMD_PORTABLE, needle_simd_level()] {
        let scores = bench.scores(dimension, level)
        for query in bench.bounds.indices {
          let bound = bench.bounds[query]
          let slack = bound.slack(
            length: bench.rows.lengths[0],
            error: bench.rows.errors[0],
            norm: bench.rows.norms[0]
          )
          #expect(slack.isFinite && slack > 0)
          for row in 0..<count {
            // The tightest threshold that this row's score exceeds.
            let threshold = Double(bound.threshold(for: scores[query * count + row].nextDown))
            let reached = bench.product(query, row) + Double(slack)
            #expect(reached >= threshold, "dimension \(dimension), query \(query), row \(row)")
            closest = min(closest, (reached - threshold) / Double(slack))
          }
        }
      }
      // A bound with far too much room would pass as well, and screen nothing.
      #expect(closest < (kind == .equal ? 2.01 : 1.3), "dimension \(dimension): \(closest)")
    }
  }

  @Test func whatIsNoScoreLetsEverythingPass() throws {
    for metric in Metric.allCases {
      let values = SyntheticVectors.uniform(50, dimension: 8)
      let bench = try Bench(values, queries: values, dimension: 8, metric)
      for bound in bench.bounds {
        #expect(bound.threshold(for: .nan) == -.infinity)
        #expect(bound.threshold(for: -.infinity) == -.infinity)
        #expect(bound.threshold(for: -1) < bound.threshold(for: -0.5))
      }
    }
  }

  @Test func boundsGrowWithTheBlock() throws {
    let values = SyntheticVectors.uniform(50, dimension: 8)
    for metric in Metric.allCases {
      let bound = try Bench(values, queries: values, dimension: 8, metric).bounds[0]
      let least = bound.slack(length: 1, error: 0.01, norm: 1)
      #expect(bound.slack(length: 2, error: 0.01, norm: 1) > least)
      #expect(bound.slack(length: 1, error: 0.02, norm: 1) > least)
      #expect(bound.slack(length: .infinity, error: 0.01, norm: 1) == .infinity)
      #expect(bound.slack(length: 1, error: .nan, norm: 1).isNaN)
    }
  }

  /// A unit is a 127th of the block's largest component, and no code is further off than half of it.
  @Test(arguments: Metric.allCases)
  func everyBlockHasItsOwnUnit(metric: Metric) throws {
    let values = SyntheticVectors.uniform(2_500, dimension: 6).enumerated().map {
      $1 * (metric == .cosine ? 1 : Float([1, 100, 0.01][$0 / 6 / 1_024]))
    }
    let bench = try Bench(values, queries: [1, 2, 3, 4, 5, 6], dimension: 6, metric)
    let rows = bench.rows
    let image = MutableMemory<Float>(count: rows.space.dimension)
    for block in 0..<3 {
      var (largest, length) = (Float(0), 0.0)
      for row in rows.rows(of: block) {
        unsafe rows.values.withUnsafeBufferPointer { values in
          guard let first = values.baseAddress, let image = unsafe image.elements.baseAddress
          else { return }
          unsafe rows.space.place(vector: first + row * 6, into: image)
        }
        let components = unsafe Array(image.elements)
        largest = max(largest, components.map { abs($0) }.max() ?? 0)
        length = max(length, components.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot())
      }
      #expect(rows.units[block] == largest / 127)
      #expect(Double(rows.lengths[block]) >= length)
      #expect(Double(rows.lengths[block]) < length * 1.001)
      let most = Double(rows.units[block]) / 2 * Double(rows.space.dimension).squareRoot()
      #expect((most * 0.3...most * 1.01).contains(Double(rows.errors[block])))
    }
  }
}
