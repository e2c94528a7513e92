import IndexStore
import IntegerScan
import TestSupport
import Testing
import VectorCore

/// In the space of the codes every metric is an inner product.
@Suite struct ScanSpaceTests {
  /// Shapes of sets that make means, norms and weights unlike.
  enum Kind: CaseIterable {
    case uniform, clustered, offset, constantDimensions, oneConstant, tiny, huge, scales, equal

    func values(_ count: Int, dimension: Int) -> [Float] {
      let noise = SyntheticVectors.uniform(count, dimension: dimension)
      let scales: [Float] = [1e-6, 1e-3, 1, 1e3]
      return noise.enumerated().map { place, value in
        let (row, column) = place.quotientAndRemainder(dividingBy: dimension)
        switch self {
        case .uniform: return value
        case .clustered: return Float(row % 3) + 0.1 * value
        case .offset: return value + 1e3
        case .constantDimensions: return column.isMultiple(of: 2) ? value : 3
        case .oneConstant: return column == 0 ? 50 : value
        case .tiny: return value * 1e-15
        case .huge: return value * 1e15
        case .scales: return value * scales[row % 4]
        case .equal: return Float(column + 1)
        }
      }
    }
  }

  private func space(_ values: [Float], dimension: Int, _ metric: Metric) throws -> ScanSpace {
    try SetStatistics(of: VectorSet(values, dimension: dimension), metric: metric, threads: 1)
      .space(metric: metric, seed: 5)
  }

  /// q′·x′ less what the documentation says that it is: nothing but rounding.
  @Test(arguments: Metric.allCases, Kind.allCases)
  func productsAreTheMetricsLessATermOfTheQuery(metric: Metric, kind: Kind) throws {
    for dimension in [1, 2, 3, 16, 33, 100] {
      let values = try VectorSet(kind.values(60, dimension: dimension), dimension: dimension)
        .allRows(preparedFor: metric)
      let space = try space(values, dimension: dimension, metric)
      #expect(space.dimension == dimension + (metric == .squaredL2 ? 1 : 0))
      let foreign = SyntheticVectors.uniform(1, dimension: dimension, seed: 3)
      let queries = [foreign, row(4, of: values, dimension: dimension)]
      for query in queries {
        let image = space.image(ofQuery: query)
        let length = product(image, image).squareRoot()
        #expect(abs(Double(space.length(ofQuery: query)) - length) <= 1e-5 * length)
        for place in 0..<60 {
          let vector = row(place, of: values, dimension: dimension)
          let placed = space.image(ofVector: vector)
          let exact: Double
          switch metric {
          case .innerProduct, .cosine:
            exact = product(query, vector) - product(query, space.mean)
          case .squaredL2:
            let centred = BruteForce.distance(query, space.mean, metric: .squaredL2)
            exact =
              (centred + Double(space.normMean)
                - BruteForce.distance(query, vector, metric: .squaredL2)) / 2
          }
          let scale = length * product(placed, placed).squareRoot()
          let spread = product(vector, vector) + product(space.mean, space.mean)
          // Rounding of the images, of the difference from the mean, and of the check itself.
          let room =
            1e-15 * product(query, query) + 1e-5 * scale + 1e-6 * product(query, query).squareRoot()
            * spread.squareRoot()
          #expect(
            abs(product(image, placed) - exact) <= room
              + (metric == .squaredL2 ? 1e-6 * spread : 0),
            "dimension \(dimension), row \(place)"
          )
        }
      }
    }
  }

  @Test(arguments: Metric.allCases, [2, 3, 16, 33, 100])
  func ranksAreTheMetricsRanks(metric: Metric, dimension: Int) throws {
    for kind in [Kind.uniform, .clustered, .offset, .constantDimensions, .tiny, .huge] {
      let values = try VectorSet(kind.values(200, dimension: dimension), dimension: dimension)
        .allRows(preparedFor: metric)
      let space = try space(values, dimension: dimension, metric)
      let images = (0..<200).map {
        space.image(ofVector: row($0, of: values, dimension: dimension))
      }
      let spread = images.map { product($0, $0) }.max() ?? 0
      for place in [0, 77, 199] {
        let query = row(place, of: values, dimension: dimension)
        let image = space.image(ofQuery: query)
        let scores = images.map { product(image, $0) }
        let ranking = BruteForce.ranking(
          of: query,
          in: values,
          dimension: dimension,
          metric: metric
        )
        // From one rank to the next the product never rises, but for rounding.
        let room = 1e-5 * (product(image, image) * spread).squareRoot() + offsetRoom(kind, query)
        for (near, far) in zip(ranking, ranking.dropFirst()) {
          #expect(scores[near.row] >= scores[far.row] - room, "\(kind), query \(place)")
        }
        let first = scores[ranking[0].row]
        let last = scores[ranking[199].row]
        #expect(first > last + room, "\(kind): the room hides the order")
      }
    }
  }

  /// Far from the origin a vector's own rounding counts.
  private func offsetRoom(_ kind: Kind, _ query: [Float]) -> Double {
    kind == .offset ? 1e-7 * product(query, query) : 0
  }

  @Test(arguments: [1, 2, 3, 5, 15, 16, 17, 31, 100, 128, 1_000])
  func theRotationKeepsLengthsAndAngles(dimension: Int) {
    let mean = [Float](repeating: 0, count: dimension)
    let space = ScanSpace(
      metric: .innerProduct,
      mean: mean,
      normMean: 0,
      normWeight: 1,
      seed: 9
    )
    let left = SyntheticVectors.uniform(1, dimension: dimension, seed: 1)
    let right = SyntheticVectors.uniform(1, dimension: dimension, seed: 2)
    let (a, b) = (space.image(ofVector: left), space.image(ofVector: right))
    let scale = (product(left, left) * product(right, right)).squareRoot()
    #expect(abs(product(a, b) - product(left, right)) < 1e-5 * scale)
    #expect(abs(product(a, a) - product(left, left)) < 1e-5 * product(left, left))
    // Queries and vectors turn the same way, others seeds turn otherwise.
    #expect(a == space.image(ofQuery: left))
    let other = ScanSpace(
      metric: .innerProduct,
      mean: mean,
      normMean: 0,
      normWeight: 1,
      seed: 10
    )
    guard dimension > 4 else { return }
    #expect(a != other.image(ofVector: left))
    #expect(a != left)
  }

  @Test(arguments: [64, 100, 257, 1_000])
  func theRotationSpreadsOneComponentOverAll(dimension: Int) {
    let space = ScanSpace(
      metric: .innerProduct,
      mean: [Float](repeating: 0, count: dimension),
      normMean: 0,
      normWeight: 1,
      seed: 9
    )
    for column in [0, dimension / 2, dimension - 1] {
      var axis = [Float](repeating: 0, count: dimension)
      axis[column] = 1
      let image = space.image(ofVector: axis)
      // Gaussian components of deviation 1/√d would reach about 4 of them.
      #expect((image.map { abs($0) }.max() ?? 1) < 6 / Float(dimension).squareRoot())
    }
  }

  @Test(arguments: Metric.allCases)
  func equalVectorsLieAtTheOrigin(metric: Metric) throws {
    let one: [Float] = [0.6, 0.8, 0]
    let space = try space((0..<50).flatMap { _ in one }, dimension: 3, metric)
    #expect(space.mean == one)
    #expect(space.normMean == 0)
    #expect(space.normWeight == 1)
    #expect(space.image(ofVector: one).allSatisfy { $0 == 0 })
  }

  @Test func theExtraDimensionIsBalanced() throws {
    // It varies as much among the vectors as it weighs in a query.
    let values = Kind.scales.values(400, dimension: 8)
    let space = try space(values, dimension: 8, .squaredL2)
    let norms = (0..<400).map {
      BruteForce.distance(row($0, of: values, dimension: 8), space.mean, metric: .squaredL2)
    }
    let mean = norms.reduce(0, +) / 400
    let deviation = (norms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400).squareRoot()
    let extra = deviation / (2 * Double(space.normWeight))
    #expect(abs(extra - Double(space.normWeight)) < 1e-4 * extra)
  }
}
