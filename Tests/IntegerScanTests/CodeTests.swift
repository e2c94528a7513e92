import IntegerScan
import TestSupport
import Testing
import VectorCore

/// Codes are the nearest multiples of their unit.
@Suite struct CodeTests {
  private static let dimensions = [1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 300]

  @Test(arguments: dimensions)
  func rowCodesAreWithinHalfAUnit(dimension: Int) {
    for scale: Float in [1e-20, 1e-3, 1, 1e6, 1e30] {
      let values = SyntheticVectors.uniform(20, dimension: dimension).map { $0 * scale }
      let rows = encoded(values, dimension: dimension)
      #expect(rows.steps == (dimension + 3) / 4)
      #expect(rows.stride >= rows.steps * 4)
      for place in 0..<20 {
        let vector = row(place, of: values, dimension: dimension)
        let largest = vector.map { abs($0) }.max() ?? 0
        let unit = rows.unit(of: place)
        let found = codes(of: place, in: rows)
        #expect(abs(unit - largest / 127) <= largest * 1e-7)
        #expect(found.map { abs($0) }.max() == 127)
        for (value, code) in zip(vector, found) {
          #expect(abs(Double(value) - Double(unit) * Double(code)) <= Double(unit) * 0.500_1)
        }
        #expect(found[dimension...].allSatisfy { $0 == 0 })
        #expect(Int(rows.offset(of: place)) == -128 * found.reduce(0, +))
        #expect(unsafe rows.units?[place] == unit)
        #expect(unsafe rows.offsets?[place] == rows.offset(of: place))
      }
    }
  }

  @Test func zerosHaveCodesOfZero() {
    let rows = encoded([0, 0, 0, 1e-38, -1e-38, 0, 5, 0, -5], dimension: 3)
    #expect(codes(of: 0, in: rows) == [0, 0, 0, 0])
    #expect(codes(of: 1, in: rows) == [0, 0, 0, 0])
    #expect(codes(of: 2, in: rows) == [127, 0, -127, 0])
    #expect(rows.unit(of: 0) == 1 && rows.unit(of: 1) == 1)
    #expect(rows.offset(of: 0) == 0 && rows.offset(of: 2) == 0)
  }

  @Test(arguments: [(1, 4), (4, 4), (5, 8), (9, 16), (33, 64), (61, 64), (65, 128), (129, 192)])
  func shortRowsStayOnOneCacheLine(dimension: Int, stride: Int) {
    #expect(RowCodes(capacity: 1, dimension: dimension).stride == stride)
    #expect(RowCodes.bytesPerRow(dimension: dimension) == stride + 8)
  }

  @Test(arguments: dimensions)
  func panelsHoldEveryRow(dimension: Int) {
    let count = 37
    let values = SyntheticVectors.uniform(count, dimension: dimension)
    let unit = CodePanels.unit(largest: values.map { abs($0) }.max() ?? 0)
    let bytes = CodePanels.panelCount(count) * CodePanels.panelBytes(dimension: dimension)
    #expect(bytes == 3 * 16 * ((dimension + 3) / 4 * 4))
    var panels = [UInt8](repeating: 128, count: bytes)
    unsafe values.withUnsafeBufferPointer { values in
      unsafe panels.withUnsafeMutableBufferPointer { panels in
        guard let first = values.baseAddress, let panels = panels.baseAddress else { return }
        // In any order: a row touches its own bytes only.
        for place in (0..<count).reversed() {
          unsafe CodePanels.encode(
            first + place * dimension,
            dimension: dimension,
            unit: unit,
            row: place,
            of: panels
          )
        }
        for place in 0..<count {
          for column in 0..<dimension {
            let code = unsafe CodePanels.code(
              panels,
              dimension: dimension,
              row: place,
              column: column
            )
            let value = unsafe first[place * dimension + column]
            #expect((-127...127).contains(code))
            #expect(abs(Double(value) - Double(unit) * Double(code)) <= Double(unit) * 0.500_1)
          }
        }
      }
    }
    // What is no value of a row is a zero.
    #expect(panels.count { $0 == 128 } >= bytes - count * dimension)
    #expect(panels.allSatisfy { $0 >= 1 })
  }

  @Test func valuesBeyondTheUnitAreCutOff() {
    var panels = [UInt8](repeating: 128, count: CodePanels.panelBytes(dimension: 4))
    let values: [Float] = [1_000, -1_000, .infinity, 126.4]
    unsafe panels.withUnsafeMutableBufferPointer { panels in
      guard let panels = panels.baseAddress else { return }
      unsafe CodePanels.encode(values, dimension: 4, unit: 1, row: 0, of: panels)
    }
    #expect(Array(panels[..<4]) == [255, 1, 255, 254])
  }

  /// Images of enormous vectors hold such values; whatever they are taken for, it is within the codes.
  @Test func whatIsNoNumberHasCodesOfZero() {
    let rows = encoded([.infinity, 1, -.infinity, .nan, 2, -1, .nan, .nan, .nan], dimension: 3)
    #expect(codes(of: 0, in: rows) == [0, 0, 0, 0])
    #expect(rows.unit(of: 0) == .infinity)
    #expect(codes(of: 1, in: rows) == [0, 127, -64, 0])
    #expect(codes(of: 2, in: rows) == [0, 0, 0, 0])
    #expect((0..<3).map { rows.offset(of: $0) } == [0, -128 * 63, 0])
    var panels = [UInt8](repeating: 1, count: CodePanels.panelBytes(dimension: 4))
    unsafe panels.withUnsafeMutableBufferPointer { panels in
      guard let panels = panels.baseAddress else { return }
      let values: [Float] = [.nan, 1, -.nan, 0]
      unsafe CodePanels.encode(values, dimension: 4, unit: 1, row: 0, of: panels)
    }
    #expect(Array(panels[..<4]) == [128, 129, 128, 128])
  }

  @Test func unitsOfNothingAreOne() {
    #expect(CodePanels.unit(largest: 0) == 1)
    #expect(CodePanels.unit(largest: 1e-38) == 1)
    #expect(CodePanels.unit(largest: 127) == 1)
    #expect(CodePanels.unit(largest: 254) == 2)
  }

  @Test(arguments: [(0, 0), (1, 1), (16, 1), (17, 2), (32, 2), (33, 3)])
  func panelsOfRows(count: Int, panels: Int) {
    #expect(CodePanels.panelCount(count) == panels)
  }

  @Test(arguments: dimensions, [1, 15, 16, 17, 40])
  func centersAreWithinHalfAUnit(dimension: Int, count: Int) {
    let values = SyntheticVectors.uniform(count, dimension: dimension).enumerated().map {
      // Magnitudes of their own: each center has a unit of its own.
      $1 * Float($0 / dimension % 5 + 1)
    }
    let centroids = Centroids(values, dimension: dimension)
    #expect(centroids.count == count)
    #expect(centroids.paddedCount == (count + 15) / 16 * 16)
    for center in 0..<count {
      let vector = row(center, of: values, dimension: dimension)
      let unit = centroids.units[center]
      #expect(abs(unit - (vector.map { abs($0) }.max() ?? 0) / 127) < 1e-6)
      for (value, restored) in zip(vector, centroids.values(of: center)) {
        #expect(abs(value - restored) <= unit * 0.501)
      }
      // The codes are the centers: quantising them again changes nothing but rounding of the unit.
      let again = Centroids(centroids.values(of: center), dimension: dimension).values(of: 0)
      for (left, right) in zip(again, centroids.values(of: center)) {
        #expect(abs(left - right) <= 1e-6 * unit * 127)
      }
    }
    for lane in count..<centroids.paddedCount { #expect(centroids.units[lane] == 0) }
    let same = Centroids(
      count: count,
      dimension: dimension,
      codes: centroids.codes,
      units: centroids.units
    )
    for center in 0..<count { #expect(same.values(of: center) == centroids.values(of: center)) }
  }

  @Test(arguments: [1, 3, 16, 50], [1, 16, 40])
  func scoresAreProductsPlusBiases(dimension: Int, count: Int) {
    let centers = SyntheticVectors.uniform(count, dimension: dimension)
    let vectors = SyntheticVectors.uniform(30, dimension: dimension, seed: 4)
    let centroids = Centroids(centers, dimension: dimension)
    let rows = encoded(vectors, dimension: dimension)
    let biases = (0..<count).map { Float($0) * 0.25 }
    let scorer = CentroidScorer(centroids, biases: biases)
    #expect(scorer.group >= 6)
    for start in stride(from: 0, to: 30, by: scorer.group) {
      let group = start..<min(start + scorer.group, 30)
      var seen = 0
      let scale = { (row: Int) in Float(row) }
      unsafe scorer.score(group, of: rows, scale: scale) { place, scores in
        seen += 1
        for center in 0..<count {
          let codes = codes(of: start + place, in: rows)
          let exact = zip(centroids.values(of: center), codes).reduce(0.0) {
            $0 + Double($1.0) * Double($1.1)
          }
          let unit = Double(rows.unit(of: start + place)) * Double(start + place)
          let due = exact * unit + Double(biases[center])
          let score = unsafe Double(scores[center])
          #expect(abs(score - due) <= 1e-5 * (1 + abs(due) + unit * 200))
        }
        for lane in count..<centroids.paddedCount { #expect(unsafe scores[lane] == -.infinity) }
      }
      #expect(seen == group.count)
    }
  }

  @Test func groupsHoldTheirPlacesInOrder() {
    let empty = Grouping([], groups: 3)
    #expect(empty.sizes == [0, 0, 0] && empty.places.isEmpty)
    let grouping = Grouping([2, 0, 2, 2, 4, 0], groups: 5)
    #expect(grouping.sizes == [2, 0, 3, 0, 1])
    #expect(Array(grouping[0]) == [1, 5])
    #expect(Array(grouping[1]) == [])
    #expect(Array(grouping[2]) == [0, 2, 3])
    #expect(Array(grouping[4]) == [4])
    #expect(grouping.starts == [0, 2, 2, 5, 5, 6])
    var generator = SplitMix64(seed: 1)
    let groups = (0..<5_000).map { _ in UInt32.random(in: 0..<70, using: &generator) }
    let large = Grouping(groups, groups: 70)
    #expect(large.places.sorted() == (0..<5_000).map { UInt32($0) })
    for group in 0..<70 {
      #expect(large[group].allSatisfy { groups[Int($0)] == UInt32(group) })
      #expect(zip(large[group], large[group].dropFirst()).allSatisfy { $0 < $1 })
    }
  }
}
