import CKernels
import Testing
import VectorCore

private let levels = [NEEDLE_SIMD_PORTABLE, NEEDLE_SIMD_AVX2, NEEDLE_SIMD_AVX512].filter {
  needle_simd_available($0) != 0
}

private func kernels(_ level: needle_simd) -> needle_select_kernels {
  unsafe needle_select_for(level).pointee
}

/// Places with values, in the order of a selection.
private struct Selected: Equatable {
  var places: [UInt32] = []
  var bits: [UInt32] = []
}

private struct Limits {
  var limit: Float
  var near: Float
  var scale: Float
}

/// Runs at_least behind `before` entries that must stay, in buffers with exactly the promised room.
private func atLeast(
  _ scores: [Float],
  _ biases: [Float],
  _ limits: Limits,
  before: (near: Int, far: Int),
  _ level: needle_simd
) throws -> (near: Selected, far: Selected) {
  let counts = [before.near, before.far]
  let places = counts.map { AlignedMemory<UInt32>(count: $0 + scores.count + 16, canary: 7) }
  let values = counts.map { AlignedMemory<Float>(count: $0 + scores.count + 16, canary: 7) }
  var near = unsafe needle_selection(
    places: places[0].start,
    values: values[0].start,
    count: before.near
  )
  var far = unsafe needle_selection(
    places: places[1].start,
    values: values[1].start,
    count: before.far
  )
  unsafe kernels(level).at_least(
    scores,
    biases,
    scores.count,
    limits.limit,
    limits.near,
    limits.scale,
    &near,
    &far
  )
  let ends = unsafe [near.count, far.count]
  let found = try (0..<2).map { which in
    try #require(places[which].isWhole && values[which].isWhole)
    let all = places[which].elements
    try #require(all.prefix(counts[which]).allSatisfy { $0 == 7 })
    return Selected(
      places: Array(all[counts[which]..<ends[which]]),
      bits: values[which].elements[counts[which]..<ends[which]].map(\.bitPattern)
    )
  }
  return (found[0], found[1])
}

private func expected(
  _ scores: [Float],
  _ biases: [Float],
  _ limits: Limits
) -> (near: Selected, far: Selected) {
  var near = Selected()
  var far = Selected()
  for (place, score) in scores.enumerated() where score >= limits.limit {
    let difference = score - biases[place]
    let value = difference * limits.scale
    if score >= limits.near {
      near.places.append(UInt32(place))
      near.bits.append(value.bitPattern)
    } else {
      far.places.append(UInt32(place))
      far.bits.append(value.bitPattern)
    }
  }
  return (near, far)
}

@Suite("Selection kernels")
struct SelectTests {
  @Test("the largest is the first among equals", arguments: levels)
  func largest(level: needle_simd) {
    var generator = SplitMix64(seed: 31)
    for count in stride(from: 16, through: 1_024, by: 16) {
      for kind in 0..<6 {
        let scores = (0..<count).map { _ -> Float in
          switch kind {
          case 0: Float.random(in: -1...1, using: &generator)
          case 1: Float(Int.random(in: -3...0, using: &generator))
          case 2: -.infinity
          case 3: Bool.random(using: &generator) ? .infinity : 1
          case 4: Bool.random(using: &generator) ? 0 : -0.0
          default: -Float.random(in: 1...2, using: &generator)
          }
        }
        let most = scores.max() ?? 0
        #expect(unsafe kernels(level).largest(scores, count) == scores.firstIndex { $0 == most })
      }
    }
  }

  @Test("the largest is found wherever it stands", arguments: levels)
  func everyPlace(level: needle_simd) {
    for place in 0..<160 {
      var scores = [Float](repeating: -5, count: 160)
      scores[place] = -4
      #expect(unsafe kernels(level).largest(scores, 160) == place)
    }
  }

  @Test("the lowest come in order, the first of equal ones first", arguments: levels)
  func lowest(level: needle_simd) throws {
    var generator = SplitMix64(seed: 33)
    for count in 1...150 {
      for kind in 0..<4 {
        let orders = (0..<count).map { place -> UInt32 in
          switch kind {
          case 0: .random(in: 0...(.max), using: &generator)
          case 1: .random(in: 0..<5, using: &generator)
          case 2: .max - .random(in: 0..<2, using: &generator)
          default: UInt32(count - place)
          }
        }
        let wanted = orders.indices.sorted { (orders[$0], $0) < (orders[$1], $1) }
        for most in 1...min(4, count) {
          let room = AlignedMemory<UInt32>(count: (count + 15) / 16 * 16, canary: 7)
          for (place, order) in orders.enumerated() { unsafe room.start[place] = order }
          let found = unsafe kernels(level).lowest(room.start, count, most)
          try #require(room.isWhole && room.elements.prefix(count).elementsEqual(orders))
          let places = unsafe unsafeBitCast(found.places, to: SIMD4<UInt32>.self)
          let values = unsafe unsafeBitCast(found.orders, to: SIMD4<UInt32>.self)
          #expect((0..<most).map { Int(places[$0]) } == Array(wanted.prefix(most)))
          #expect((0..<most).map { values[$0] } == wanted.prefix(most).map { orders[$0] })
        }
      }
    }
  }

  @Test("values that are no numbers end in a place within", arguments: levels)
  func notANumber(level: needle_simd) {
    for count in [16, 32, 160] {
      #expect(unsafe kernels(level).largest([Float](repeating: .nan, count: count), count) < count)
      for place in 0..<count {
        var scores = (0..<count).map { Float($0) }
        scores[place] = .nan
        let found = unsafe kernels(level).largest(scores, count)
        #expect(found < count)
        #expect(found == (unsafe kernels(NEEDLE_SIMD_PORTABLE).largest(scores, count)))
      }
    }
  }

  @Test("all that reach the limit are written in order, near and far apart", arguments: levels)
  func atLeastEverySize(level: needle_simd) throws {
    var generator = SplitMix64(seed: 32)
    for count in stride(from: 0, through: 800, by: 16) {
      for round in 0..<12 {
        // Few distinct scores in some rounds, so that many are exactly at a limit.
        let scores = (0..<count).map { _ in
          round % 2 == 0
            ? Float.random(in: -1...1, using: &generator)
            : Float(Int.random(in: -4...4, using: &generator)) / 4
        }
        let biases = (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
        let limit = [-2, -1, 0, 0.5, 0.75, 2][round / 2] as Float
        for near in [limit - 1, limit, limit + 0.25, 3] {
          let limits = Limits(limit: limit, near: near, scale: Float(round) * 0.3 + 0.1)
          let before = (near: round * 5, far: round * 3 % 7)
          let found = try atLeast(scores, biases, limits, before: before, level)
          let wanted = expected(scores, biases, limits)
          try #require(found.near == wanted.near, "\(count), \(limits)")
          try #require(found.far == wanted.far, "\(count), \(limits)")
        }
      }
    }
  }

  @Test(
    "infinities and values that are no numbers are selected as a comparison says",
    arguments: levels
  )
  func specialScores(level: needle_simd) throws {
    let special: [Float] = [.nan, .infinity, -.infinity, 0, -0.0, 1, -1, .leastNonzeroMagnitude]
    let scores = (0..<64).map { special[$0 * 5 % special.count] }
    let biases = [Float](repeating: 0.5, count: 64)
    for limit in special {
      for near in special {
        let limits = Limits(limit: limit, near: near, scale: 2)
        let found = try atLeast(scores, biases, limits, before: (0, 0), level)
        let wanted = expected(scores, biases, limits)
        #expect(found.near == wanted.near && found.far == wanted.far, "\(limits)")
      }
    }
  }
}
