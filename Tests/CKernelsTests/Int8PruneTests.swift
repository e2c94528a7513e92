import CKernels
import Testing
import VectorCore

/// A list of candidates in buffers with canaries behind the room that pruning may use.
private struct List {
  let hits: [Hit]
  let keep: Int
  var threshold = -Float.infinity

  struct Outcome {
    let hits: [Hit]
    let threshold: Float
  }

  func pruned(_ kernels: Int8Kernels, exact: Bool) throws -> Outcome {
    let room = max(hits.count + 16, needle_candidate_room(keep))
    let scores = AlignedMemory<Float>(count: room, canary: -54_321)
    let rows = AlignedMemory<UInt32>(count: room, canary: 0xDEAD_BEEF)
    for (place, hit) in hits.enumerated() {
      unsafe scores.start[place] = hit.score
      unsafe rows.start[place] = hit.row
    }
    var candidates = unsafe needle_candidates(
      scores: scores.start,
      rows: rows.start,
      count: UInt32(hits.count),
      keep: UInt32(keep),
      threshold: threshold
    )
    unsafe kernels.table.pointee.prune(&candidates, exact ? 1 : 0)
    try #require(scores.isWhole && rows.isWhole)
    let count = unsafe Int(candidates.count)
    let kept = zip(rows.elements, scores.elements).prefix(count).map { Hit(row: $0, score: $1) }
    return unsafe Outcome(hits: kept, threshold: candidates.threshold)
  }
}

/// Scores of many kinds for a list of `count`.
private func drawScores(_ count: Int, _ generator: inout SplitMix64) -> [Float] {
  let kind = Int.random(in: 0..<8, using: &generator)
  return (0..<count).map { _ in
    switch kind {
    case 0: Float.random(in: -1...1, using: &generator)
    case 1: Float(Int.random(in: -3...3, using: &generator))
    case 2: -Float(Int.random(in: 1...2, using: &generator)) * 1e30
    case 3: Float(bitPattern: UInt32.random(in: 0...0x7F7F_FFFF, using: &generator))
    case 4: Bool.random(using: &generator) ? 0 : -0.0
    case 5: Float(Int.random(in: -2...2, using: &generator)) * .leastNonzeroMagnitude * -1
    case 6: Int.random(in: 0..<40, using: &generator) == 0 ? 1 : 0.25
    default: -Float(bitPattern: UInt32.random(in: 0...0x7F7F_FFFF, using: &generator))
    }
  }
}

private func drawList(_ generator: inout SplitMix64) -> List {
  let sizes = [20, 130, 3_000].randomElement(using: &generator) ?? 0
  let keeps = [1, 20, 2_000].randomElement(using: &generator) ?? 1
  let count = Int.random(in: 0...sizes, using: &generator)
  let keep = Int.random(in: 1...keeps, using: &generator)
  var rows = (0..<UInt32(count)).map { $0 &* 0x9E37_79B1 }
  rows.shuffle(using: &generator)
  let scores = drawScores(count, &generator)
  return List(hits: zip(rows, scores).map { Hit(row: $0, score: $1) }, keep: keep)
}

@Suite("Pruning candidates")
struct Int8PruneTests {
  @Test("exact pruning keeps the best and nothing else", arguments: Int8Kernels.all)
  func exact(kernels: Int8Kernels) throws {
    var generator = SplitMix64(seed: 21)
    for _ in 0..<1_500 {
      let list = drawList(&generator)
      let expected = list.hits.sorted(by: Hit.better).prefix(list.keep)
      let outcome = try list.pruned(kernels, exact: true)
      try #require(
        outcome.hits.sorted(by: Hit.better) == Array(expected),
        "\(list.hits.count), keep \(list.keep)"
      )
      // Between the worst that is kept and the best that is not.
      let next =
        list.hits.count > list.keep ? list.hits.sorted(by: Hit.better)[list.keep].score : nil
      if list.hits.count >= list.keep {
        #expect(outcome.threshold <= expected.last?.score ?? 0)
        #expect(outcome.threshold >= next ?? outcome.threshold)
      } else {
        #expect(outcome.threshold == -.infinity)
      }
    }
  }

  @Test("pruning that is not exact keeps the best and makes room", arguments: Int8Kernels.all)
  func notExact(kernels: Int8Kernels) throws {
    var generator = SplitMix64(seed: 22)
    for _ in 0..<1_500 {
      let list = drawList(&generator)
      let expected = list.hits.sorted(by: Hit.better).prefix(list.keep)
      let outcome = try list.pruned(kernels, exact: false)
      let kept = outcome.hits.sorted(by: Hit.better)
      try #require(Array(kept.prefix(list.keep)) == Array(expected), "keep \(list.keep)")
      #expect(Set(kept.map(\.row)).count == kept.count)
      // A tile of 64 rows and a store of 16 must find room afterwards.
      try #require(kept.count + 64 + 16 < needle_candidate_room(list.keep))
      guard list.hits.count >= list.keep else {
        #expect(outcome.threshold == -.infinity && kept.count == list.hits.count)
        continue
      }
      // The threshold is a score that enough rows reach.
      #expect(kept.filter { $0.score >= outcome.threshold }.count >= list.keep)
      #expect(kept.allSatisfy { $0.score >= outcome.threshold })
    }
  }

  @Test("all kernels prune alike")
  func alike() throws {
    var generator = SplitMix64(seed: 23)
    for _ in 0..<500 {
      let list = drawList(&generator)
      for exact in [false, true] {
        let outcomes = try Int8Kernels.all.map { try list.pruned($0, exact: exact) }
        for outcome in outcomes {
          #expect(outcome.hits == outcomes[0].hits)
          #expect(outcome.threshold == outcomes[0].threshold)
        }
      }
    }
  }

  @Test("a threshold never falls", arguments: Int8Kernels.all)
  func monotone(kernels: Int8Kernels) throws {
    var generator = SplitMix64(seed: 24)
    for _ in 0..<200 {
      let keep = Int.random(in: 1...40, using: &generator)
      var list = List(hits: [], keep: keep)
      for round in 0..<12 {
        // What a scan adds may lie a little below the threshold: it allows for rounding.
        let added = (0..<20).map { index in
          let near = list.threshold * Float.random(in: 0.9999...1.0001, using: &generator)
          let far = Float.random(in: -1...1, using: &generator)
          return Hit(
            row: UInt32(round * 20 + index),
            score: near.isFinite && Bool.random(using: &generator) ? near : far
          )
        }
        list = List(hits: list.hits + added, keep: keep, threshold: list.threshold)
        let outcome = try list.pruned(kernels, exact: round % 4 == 3)
        #expect(outcome.threshold >= list.threshold)
        #expect(
          outcome.hits.count < keep
            || outcome.hits.filter { $0.score >= outcome.threshold }.count >= keep
        )
        list = List(hits: outcome.hits, keep: keep, threshold: outcome.threshold)
      }
    }
  }
}
