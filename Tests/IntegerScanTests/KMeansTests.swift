import IntegerScan
import TestSupport
import Testing
import VectorCore

/// Clusters are those of Lloyd's algorithm, but for the rounding of codes.
@Suite struct KMeansTests {
  private func cluster(
    _ values: [Float],
    dimension: Int,
    _ clusters: Int,
    seed: UInt64 = 1,
    threads: Int = 2
  ) -> KMeans {
    KMeans(
      encoded(values, dimension: dimension),
      count: values.count / dimension,
      dimension: dimension,
      clusters: clusters,
      seed: seed,
      threads: threads
    )
  }

  private func distance(_ left: some Collection<Float>, _ right: some Collection<Float>) -> Double {
    zip(left, right).reduce(0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
  }

  /// The sum of the squared distances to the assigned centers.
  private func objective(_ found: KMeans, _ values: [Float], dimension: Int) -> Double {
    let centers = (0..<found.centroids.count).map { found.centroids.values(of: $0) }
    return found.assignment.enumerated().reduce(0) { sum, pair in
      sum + distance(row(pair.offset, of: values, dimension: dimension), centers[Int(pair.element)])
    }
  }

  /// Lloyd's algorithm written as plainly as can be, from the same first centers.
  private func lloyd(_ values: [Float], dimension: Int, _ clusters: Int, seed: UInt64) -> Double {
    let count = values.count / dimension
    let rows = (0..<count).map { row($0, of: values, dimension: dimension) }
    var centers = seededShuffle(of: count, seed: seed).prefix(clusters).map { rows[Int($0)] }
    var sum = 0.0
    for _ in 0..<12 {
      let nearest = rows.map { vector in
        centers.indices.min { distance(vector, centers[$0]) < distance(vector, centers[$1]) } ?? 0
      }
      sum = zip(rows, nearest).reduce(0) { $0 + distance($1.0, centers[$1.1]) }
      for center in centers.indices {
        let members = rows.indices.filter { nearest[$0] == center }
        guard !members.isEmpty else { continue }
        centers[center] = (0..<dimension).map { column in
          members.reduce(0) { $0 + rows[$1][column] } / Float(members.count)
        }
      }
    }
    return sum
  }

  @Test(arguments: [1, 4, 16, 33])
  func isAboutAsGoodAsLloyds(dimension: Int) {
    for seed: UInt64 in [1, 2] {
      for values in [
        SyntheticVectors.uniform(240, dimension: dimension),
        SyntheticVectors.clustered(240, dimension: dimension),
      ] {
        let found = cluster(values, dimension: dimension, 12, seed: seed)
        let sum = objective(found, values, dimension: dimension)
        let plain = lloyd(values, dimension: dimension, 12, seed: seed)
        // Codes round each component by up to a 254th of the largest.
        let rounding = 240 * Double(dimension) * 2e-5
        #expect(sum <= 1.1 * plain + rounding, "seed \(seed): \(sum), \(plain)")
      }
    }
  }

  @Test(arguments: [1, 7, 64])
  func everyRowIsInItsNearestCluster(clusters: Int) {
    let values = SyntheticVectors.clustered(900, dimension: 12)
    let found = cluster(values, dimension: 12, clusters)
    #expect(found.assignment.count == 900)
    let centers = (0..<clusters).map { found.centroids.values(of: $0) }
    for (place, assigned) in found.assignment.enumerated() {
      let vector = row(place, of: values, dimension: 12)
      let own = distance(vector, centers[Int(assigned)])
      let best = centers.map { distance(vector, $0) }.min() ?? 0
      // What the row's code is off by decides between centers that are about as near.
      #expect(own.squareRoot() <= best.squareRoot() + 0.05)
    }
  }

  @Test(arguments: [1, 3, 16, 65], [2, 40, 300])
  func noClusterOfDistinctVectorsIsEmpty(dimension: Int, clusters: Int) {
    for values in [
      SyntheticVectors.uniform(2_000, dimension: dimension),
      SyntheticVectors.clustered(2_000, dimension: dimension, clusters: 3),
    ] where dimension > 1 || clusters < 100 {
      let found = cluster(values, dimension: dimension, clusters)
      let sizes = Grouping(found.assignment, groups: clusters).sizes
      #expect(sizes.reduce(0, +) == 2_000)
      #expect(sizes.allSatisfy { $0 > 0 }, "\(sizes.count { $0 == 0 }) empty of \(clusters)")
    }
  }

  @Test func threadsChangeNothing() {
    for (count, clusters) in [(700, 9), (20_000, 30)] {
      let values = SyntheticVectors.clustered(count, dimension: 11)
      let one = cluster(values, dimension: 11, clusters, threads: 1)
      for threads in [2, 5] {
        let found = cluster(values, dimension: 11, clusters, threads: threads)
        #expect(found.assignment == one.assignment)
        #expect(found.centroids.codes == one.centroids.codes)
        #expect(found.centroids.units == one.centroids.units)
      }
      let other = cluster(values, dimension: 11, clusters, seed: 2)
      #expect(other.assignment != one.assignment)
    }
  }

  @Test func equalRowsAreOneCluster() {
    let one: [Float] = [1, 2, 3, 4]
    for clusters in [1, 2, 16, 50] {
      let found = cluster((0..<50).flatMap { _ in one }, dimension: 4, clusters)
      #expect(Set(found.assignment).count == 1)
      let center = found.centroids.values(of: Int(found.assignment[0]))
      // Halving the only cluster again and again leaves its center up to two code units off.
      #expect(distance(center, one) < 4 * (3 * 4.0 / 127) * (3 * 4.0 / 127))
    }
  }

  @Test func zerosAreOneCluster() {
    let found = cluster([Float](repeating: 0, count: 200), dimension: 4, 5)
    #expect(Set(found.assignment).count == 1)
  }

  @Test(arguments: [1, 2, 17, 100])
  func asManyClustersAsRows(count: Int) {
    let values = SyntheticVectors.uniform(count, dimension: 24)
    let found = cluster(values, dimension: 24, count)
    // Every row is a center, so that each is in a cluster of its own.
    #expect(Set(found.assignment).count == count)
    #expect(objective(found, values, dimension: 24) < 1e-3 * Double(count))
  }

  @Test func oneClusterIsTheMean() {
    let values = SyntheticVectors.uniform(500, dimension: 10).map { $0 + 3 }
    let found = cluster(values, dimension: 10, 1)
    #expect(found.assignment.allSatisfy { $0 == 0 })
    let center = found.centroids.values(of: 0)
    for column in 0..<10 {
      let mean = stride(from: column, to: values.count, by: 10).reduce(0) { $0 + values[$1] } / 500
      #expect(abs(center[column] - mean) < 0.03)
    }
  }

  @Test func onlyTheFirstRowsAreClustered() {
    let values = SyntheticVectors.uniform(100, dimension: 5)
    let rows = encoded(values, dimension: 5)
    let part = KMeans(rows, count: 60, dimension: 5, clusters: 4, seed: 1, threads: 1)
    let whole = cluster(Array(values[..<300]), dimension: 5, 4)
    #expect(part.assignment == whole.assignment)
  }

  @Test(arguments: [KMeans.Effort.thorough, .brief])
  func progressIsToldRoundByRound(_ effort: KMeans.Effort) {
    var rounds: [Int] = []
    _ = KMeans(
      encoded(SyntheticVectors.uniform(100, dimension: 5), dimension: 5),
      count: 100,
      dimension: 5,
      clusters: 4,
      seed: 1,
      effort: effort,
      threads: 2
    ) { rounds.append($0) }
    #expect(rounds == Array(1...effort.rounds))
  }

  /// A fifth more than with all rounds would already cost a search more than it saves.
  @Test func fewRoundsComeNear() {
    let values = SyntheticVectors.clustered(4_000, dimension: 16, clusters: 60)
    let sums = [KMeans.Effort.thorough, .brief].map { effort in
      let found = KMeans(
        encoded(values, dimension: 16),
        count: 4_000,
        dimension: 16,
        clusters: 60,
        seed: 1,
        effort: effort,
        threads: 2
      )
      return objective(found, values, dimension: 16)
    }
    #expect(sums[0] <= sums[1] && sums[1] < 1.2 * sums[0], "\(sums)")
  }
}
