import GraphIndex
import TestSupport
import Testing
import VectorCore

@Suite struct NeighborCodebookTests {
  @Test(arguments: [1, 3, 4, 15, 16, 17, 100, 1_024])
  func signsAreFourToAGroup(dimension: Int) {
    let codebook = NeighborCodebook.signs(
      dimension: dimension,
      rowScale: 1,
      queryScale: 1,
      normalizes: true
    )
    #expect(codebook.axes == nil)
    #expect(codebook.dimension == dimension)
    #expect(codebook.groups.isMultiple(of: 4) && codebook.groups * 4 >= dimension)
    #expect(codebook.ends.count == codebook.groups)
    #expect(codebook.ends[codebook.groups - 1] == UInt32(dimension))
    let length = 1 / Float(dimension).squareRoot()
    for column in 0..<dimension {
      for centroid in 0..<16 {
        let sign: Float = centroid >> (column % 4) & 1 == 1 ? 1 : -1
        #expect(codebook.centroids[16 * column + centroid] == sign * length)
      }
      let group = column / 4
      #expect((group == 0 ? 0 : Int(codebook.ends[group - 1])) <= column)
      #expect(column < Int(codebook.ends[group]))
    }
  }
}

@Suite struct CodebookTrainingTests {
  @Test(arguments: [(64, 16), (100, 24), (256, 96), (30, 16)])
  func bitsAddUp(axes: Int, groups: Int) {
    // Importance falls as in real data, over a few orders of magnitude.
    for decay in [0.0, 0.5, 1, 2] {
      let importance = (1...axes).map { 1e-3 / pow(Double($0), decay) }
      let bits = CodebookTraining.bits(importance, total: Double(4 * groups))
      #expect(bits.allSatisfy { (0...4).contains($0) })
      #expect(zip(bits, bits.dropFirst()).allSatisfy { $0 >= $1 })
      // No more than four fit an axis.
      let due = min(4 * groups, 4 * axes)
      #expect(abs(bits.reduce(0, +) - Double(due)) < 1e-3 * Double(due), "\(bits.reduce(0, +))")
    }
  }

  private func pow(_ base: Double, _ exponent: Double) -> Double {
    exponent == 0 ? 1 : exponent == 0.5 ? base.squareRoot() : exponent == 1 ? base : base * base
  }

  @Test func strongAxesHaveGroupsAlmostToThemselves() {
    let noise = rows(SyntheticVectors.uniform(300, dimension: 40), dimension: 40)
    let vectors = noise.map { vector in
      vector.enumerated().map { $1 / Float(1 + $0) }
    }
    let training = CodebookTraining(directions: vectors, positions: vectors, groups: 16)
    #expect(training.members.count == 16 && training.ends.count == 16)
    let members = training.members.flatMap { $0 }
    #expect(Set(members).count == members.count, "no axis is in two groups")
    #expect(Array(members.prefix(6)) == [0, 1, 2, 3, 4, 5], "strongest first")
    #expect(training.members[0].count < training.members[15].count)
    #expect(Int(training.ends[15]) == members.count)
    #expect(training.centroids(seed: 1, threads: 2).count == 16 * members.count)
  }

  @Test func centroidsAreNearWhatTheyStandFor() {
    let vectors = rows(SyntheticVectors.clustered(800, dimension: 16, clusters: 9), dimension: 16)
    let training = CodebookTraining(directions: vectors, positions: vectors, groups: 16)
    let centroids = training.centroids(seed: 1, threads: 1)
    #expect(training.centroids(seed: 1, threads: 3) == centroids)
    var (signal, noise) = (Float(0), Float(0))
    var place = 0
    for group in training.members {
      for vector in vectors {
        let errors = (0..<16).map { centroid in
          group.enumerated().reduce(Float(0)) { sum, pair in
            let value = vector[pair.element] - centroids[(place + pair.offset) * 16 + centroid]
            return sum + value * value
          }
        }
        noise += errors.min() ?? 0
        signal += group.reduce(0) { $0 + vector[$1] * vector[$1] }
      }
      place += group.count
    }
    #expect(noise / signal < 0.03, "\(noise / signal)")
  }

  @Test func aSetWithoutDirectionsHasACodebook() throws {
    for values in [[1, 2, 3], [1, 2, 3, 1.000001, 2, 3], [0, 0, 0, 1, 1, 1]] as [[Float]] {
      let index = try hnsw(values, dimension: 3, .squaredL2, ["codec": "pq"])
      let query: [Float] = [1, 2, 3]
      let found = try index.search(query.span, k: 5)
      #expect(found[0].count == values.count / 3)
    }
  }
}
