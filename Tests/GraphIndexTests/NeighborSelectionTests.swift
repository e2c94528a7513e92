import GraphIndex
import Testing
import VectorCore

/// The choice of diverse neighbors, compared with one written as plainly as can be.
@Suite struct NeighborSelectionTests {
  /// Distances are those of the bytes: Σ (a − b)², or with the largest norm for both, as the product
  /// has it.
  private struct Naive {
    let codes: [[Int]]
    let norms: [Int]

    init(_ rows: BuildRows, _ coded: CodedRows) {
      codes = (0..<coded.count).map { row in
        (0..<coded.width).map { Int(coded.codes[row * coded.stride + $0]) - 128 }
      }
      norms = (0..<coded.count).map { Int(rows.norms[$0]) }
    }

    func distance(_ left: UInt32, _ right: UInt32) -> Int {
      let (left, right) = (Int(left), Int(right))
      let product = zip(codes[left], codes[right]).reduce(0) { $0 + $1.0 * $1.1 }
      return norms[left] + norms[right] - 2 * product
    }

    func choose(
      for node: UInt32,
      from candidates: [UInt32],
      limit: Int,
      least: Int,
      most: Int,
      rounds: [Float]
    ) -> [UInt32] {
      var isTaken = Set<Int>()
      let order = Set(candidates).subtracting([node])
        .map { (node: $0, distance: max(0, distance(node, $0))) }
        .sorted { ($0.distance, $0.node) < ($1.distance, $1.node) }
        .prefix(most)
      var ratios = [Float](repeating: 0, count: order.count)
      var taken: [Int] = []
      for alpha in rounds {
        for place in order.indices where taken.count < limit && !isTaken.contains(place) {
          guard ratios[place] <= alpha else { continue }
          taken.append(place)
          isTaken.insert(place)
          for other in order.indices where other > place {
            let between = max(1, distance(order[place].node, order[other].node))
            ratios[other] = max(ratios[other], Float(order[other].distance) / Float(between))
          }
        }
      }
      for place in order.indices where taken.count < min(least, limit) && !isTaken.contains(place) {
        taken.append(place)
      }
      return taken.map { order[$0].node }
    }
  }

  private func check(
    _ vectors: [[Float]],
    byProduct: Bool = false,
    limit: Int,
    least: Int,
    most: Int = 64,
    rounds: [Float],
    candidates: Int = 40
  ) {
    let codes = coded(vectors, .bytes).rows
    let rows = BuildRows(codes, byProduct: byProduct)
    let naive = Naive(rows, codes)
    let selection = NeighborSelection(
      over: rows,
      limit: limit,
      least: least,
      most: most,
      rounds: rounds
    )
    var generator = SplitMix64(seed: 5)
    for node in 0..<UInt32(min(20, vectors.count)) {
      // In any order, with repetitions and the node itself.
      let drawn = (0..<candidates).map { _ in
        UInt32.random(in: 0..<UInt32(vectors.count), using: &generator)
      }
      var links = [UInt32](repeating: 7, count: limit)
      let from = drawn + [node] + drawn.prefix(5)
      unsafe links.withUnsafeMutableBufferPointer { links in
        unsafe selection.choose(for: node, from: from, into: links)
      }
      let expected = naive.choose(
        for: node,
        from: from,
        limit: limit,
        least: least,
        most: most,
        rounds: rounds
      )
      let none = [UInt32](repeating: GraphLinks.none, count: limit - expected.count)
      #expect(links == expected + none)
    }
    withExtendedLifetime(rows) {}
  }

  private static let schedules: [[Float]] = [
    [1], [1.2], [1, 1.5], [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2],
  ]

  @Test(arguments: schedules, [1, 4, 32])
  func theRobustPruneInItsPlainForm(rounds: [Float], limit: Int) {
    var generator = SplitMix64(seed: 3)
    for dimension in [1, 20, 70] {
      let vectors = (0..<120).map { _ in
        (0..<dimension).map { _ in Float.random(in: -1...1, using: &generator) }
      }
      for least in [0, limit] {
        check(vectors, limit: limit, least: least, rounds: rounds)
        check(vectors, byProduct: true, limit: limit, least: least, rounds: rounds)
      }
    }
  }

  @Test func equalRowsAndNoCandidates() {
    let equal = [[Float]](repeating: [0.5, 0.25, -1], count: 50)
    check(equal, limit: 8, least: 0, rounds: [1, 2])
    check(equal, limit: 8, least: 8, rounds: [1, 2])
    check([[1, 2]], limit: 4, least: 4, rounds: [1.2])
    check([[1, 2], [2, 1]], limit: 4, least: 4, rounds: [1.2], candidates: 0)
  }

  @Test func moreCandidatesThanThereIsRoomFor() {
    var generator = SplitMix64(seed: 4)
    let vectors = (0..<400).map { _ in
      (0..<6).map { _ in Float.random(in: -1...1, using: &generator) }
    }
    for candidates in [31, 32, 33, 64, 65, 300] {
      check(
        vectors,
        limit: 20,
        least: 20,
        most: 16,
        rounds: [1, 1.5],
        candidates: candidates
      )
      check(vectors, limit: 20, least: 5, most: 32, rounds: [1.2], candidates: candidates)
    }
  }
}
