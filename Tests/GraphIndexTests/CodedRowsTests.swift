import GraphIndex
import TestSupport
import Testing
import VectorCore

/// Codes read back as needle_codes.h lays them out.
@Suite struct CodedRowsTests {
  private func code(_ rows: CodedRows, _ row: Int, _ column: Int) -> Int {
    let start = row * rows.stride
    switch rows.kind {
    case .bytes: return Int(rows.codes[start + column])
    case .nibbles:
      let byte = rows.codes[start + column / 128 * 64 + column % 64]
      return Int(column % 128 < 64 ? byte & 15 : byte >> 4)
    case .bits: return Int(rows.codes[start + column / 8] >> UInt8(column % 8) & 1)
    }
  }

  @Test(arguments: CodedRows.Kind.allCases, [1, 7, 64, 65, 128, 129, 300])
  func aCodeIsTheNearestThatThereIs(kind: CodedRows.Kind, dimension: Int) {
    let vectors = rows(SyntheticVectors.uniform(50, dimension: dimension), dimension: dimension)
    let (coded, _) = coded(vectors, kind)
    #expect(coded.unit > 0)
    #expect(coded.codes.count == 50 * coded.stride && coded.stride.isMultiple(of: 64))
    for (row, vector) in vectors.enumerated() {
      for (column, value) in vector.enumerated() {
        let code = code(coded, row, column)
        let exact = min(max(value / coded.unit + kind.zero, 0), Float(kind.most))
        #expect(abs(Float(code) - exact) <= 0.501, "\(code) for \(exact)")
      }
      // Past the dimension stands what is nearest to zero.
      for column in dimension..<coded.width {
        #expect(abs(Float(self.code(coded, row, column)) - kind.zero) <= 0.5)
      }
    }
  }

  @Test func theErrorOfARowIsThatOfItsBits() {
    // Uniform values have 8 or 4 bits' worth of signal over noise, less what units leave unused.
    let vectors = rows(SyntheticVectors.uniform(200, dimension: 100), dimension: 100)
    for (kind, most) in [(CodedRows.Kind.bytes, 1e-4), (.nibbles, 0.015), (.bits, 0.3)] {
      let (coded, _) = coded(vectors, kind)
      var (signal, noise) = (0.0, 0.0)
      for (row, vector) in vectors.enumerated() {
        for (column, value) in vector.enumerated() {
          let read = coded.unit * (Float(code(coded, row, column)) - kind.zero)
          signal += Double(value * value)
          noise += Double((value - read) * (value - read))
        }
      }
      #expect(noise / signal < most && noise / signal > most / 10, "\(kind): \(noise / signal)")
    }
  }

  @Test(arguments: [3, 64, 100, 257])
  func factorsMakeEstimatesOfBits(dimension: Int) {
    let vectors = rows(SyntheticVectors.uniform(300, dimension: dimension), dimension: dimension)
    let (coded, _) = coded(vectors, .bits)
    for (row, vector) in vectors.enumerated() {
      let place = row * coded.stride + coded.width / 8
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(coded.codes[place + $1]) << (8 * $1) }
      let factor = Double(Float(bitPattern: bits))
      let signs = vector.indices.map { Float(2 * code(coded, row, $0) - 1) }
      // The product with itself is exact, whatever else the signs leave out.
      #expect(abs(factor * dot(vector, signs) / dot(vector, vector) - 1) < 1e-5)
    }
  }

  @Test func vectorsOfNothingHaveCodesOfZero() {
    for kind in CodedRows.Kind.allCases {
      let (coded, _) = coded([[0, 0, 0], [0, 0, 0]], kind)
      #expect(coded.unit == 1)
      for column in 0..<3 { #expect(abs(Float(code(coded, 1, column)) - kind.zero) <= 0.5) }
    }
  }

  @Test func restsReachWhatCodesLeave() {
    let scale = ValueScale(largest: 4, rootMeanSquare: 1)
    // Half a code's step at least, for values within four times the root mean square.
    for kind in CodedRows.Kind.allCases {
      let reach = 127 * kind.restUnit(scale)
      #expect(reach >= kind.unit(scale) / 2 * 0.999, "\(kind)")
    }
  }
}
