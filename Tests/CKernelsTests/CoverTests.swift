import CKernels
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

/// One candidate of a choice of neighbors.
private struct Candidate: Equatable {
  var node: UInt32
  var distance: Int32
  var ratio: Float
}

@Suite struct CoverTests {
  /// Vectors as squared norms, and the products of those of the candidates with the neighbor taken.
  private let norms: [Int32] = (0..<200).map { 1_000 + 37 * $0 % 911 }

  private func candidates(_ count: Int, seed: UInt64) -> ([Candidate], [Int32]) {
    var generator = SplitMix64(seed: seed)
    let list = (0..<count).map { _ in
      Candidate(
        node: UInt32.random(in: 0..<200, using: &generator),
        distance: Int32.random(in: 0...3_000, using: &generator),
        ratio: Float.random(in: 0...1.5, using: &generator)
      )
    }
    return (list, (0..<count).map { _ in Int32.random(in: -800...1_200, using: &generator) })
  }

  private func cover(
    _ list: [Candidate],
    _ products: [Int32],
    norm: Int32,
    most: Float,
    _ level: needle_simd
  ) -> [Candidate] {
    let room = list.count + 16
    var nodes = list.map(\.node) + Array(repeating: UInt32.max, count: 16)
    var distances = list.map(\.distance) + Array(repeating: 0, count: 16)
    var ratios = list.map(\.ratio) + Array(repeating: 0, count: 16)
    let padded = products + Array(repeating: 0, count: 16)
    var kept = 0
    unsafe nodes.withUnsafeMutableBufferPointer { nodes in
      unsafe distances.withUnsafeMutableBufferPointer { distances in
        unsafe ratios.withUnsafeMutableBufferPointer { ratios in
          guard let nodes = nodes.baseAddress, let distances = distances.baseAddress,
            let ratios = ratios.baseAddress
          else { return }
          var view = unsafe needle_cover_list(
            nodes: nodes,
            distances: distances,
            ratios: ratios,
            count: list.count
          )
          unsafe needle_cover_for(level)(&view, padded, norms, norm, most)
          kept = unsafe view.count
        }
      }
    }
    #expect(kept <= room)
    return (0..<kept).map { Candidate(node: nodes[$0], distance: distances[$0], ratio: ratios[$0]) }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 64, 255])
  func ratiosRiseAndCoveredCandidatesGo(count: Int) {
    for seed in 0..<20 {
      let (list, products) = candidates(count, seed: UInt64(seed))
      let expected = zip(list, products).compactMap { candidate, product -> Candidate? in
        let between = max(1, 1_500 + norms[Int(candidate.node)] - 2 * product)
        var raised = candidate
        raised.ratio = max(candidate.ratio, Float(candidate.distance) / Float(between))
        return raised.ratio <= 1.2 ? raised : nil
      }
      for level in levels {
        #expect(cover(list, products, norm: 1_500, most: 1.2, level) == expected)
      }
    }
  }

  @Test func aCopyOfTheNeighborTakenIsOneAway() {
    // Norm and products as of equal vectors: a distance of 0 counts as 1.
    let list = [
      Candidate(node: 0, distance: 1, ratio: 0), Candidate(node: 0, distance: 2, ratio: 0),
    ]
    for level in levels {
      let left = cover(list, [1_000, 1_000], norm: 1_000, most: 1.5, level)
      #expect(left == [Candidate(node: 0, distance: 1, ratio: 1)])
    }
  }
}
