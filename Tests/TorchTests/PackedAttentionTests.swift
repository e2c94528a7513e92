import Testing
import Torch

@Suite(.needsLibtorch) struct PackedAttentionTests {
  /// Texts of some lengths, one below the other.
  struct Pack: Sendable, CustomTestStringConvertible {
    let lengths: [Int]
    let heads: Int
    let size: Int

    var testDescription: String { "\(lengths) tokens, \(heads) heads of \(size)" }
    var tokens: Int { lengths.reduce(0, +) }
    var inner: Int { heads * size }

    /// Projections with gradients.
    func projected(phase: Double = 0) throws -> Tensor {
      let x = try (sample([tokens, 3 * inner], phase: phase) * 0.7).to(.float32)
      try x.setRequiresGradient()
      return x
    }

    /// The output text by text and step by step, in double precision, with factors of the weights.
    func expected(
      _ projected: Tensor,
      factors: [[Tensor]]? = nil,
      scale: Double? = nil
    ) throws -> Tensor {
      let scale = scale ?? 1 / Double(size).squareRoot()
      var row = 0
      let texts = try lengths.enumerated().map { place, length in
        let rows = try projected.to(.float64).narrow(0, start: row, length: length)
        row += length
        let outputs = try (0..<heads).map { head in
          let parts = try (0..<3).map {
            try rows.narrow(1, start: $0 * inner + head * size, length: size)
          }
          var weights = try (parts[0].matmul(parts[1].transpose(0, 1)) * scale).softmax()
          if let factors { weights = try weights * factors[place][head] }
          return try weights.matmul(parts[2])
        }
        return try Tensor.cat(outputs, 1)
      }
      return try Tensor.cat(texts)
    }

    /// Whether outputs and gradients of both ways are alike.
    func expectAlike(
      _ ways: [(Tensor) throws -> Tensor],
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let weights = try sample([tokens, inner], phase: 3).to(.float32)
      let found = try ways.map { way in
        let x = try projected()
        let y = try way(x)
        try (y * weights.to(y.dtype)).sum().backward()
        let gradient: [Double] = try #require(try x.gradient()).array()
        return (y: try y.detached().array(of: Double.self), gradient: gradient)
      }
      // In units of the largest: what is small may be a difference of what is not.
      func distance(_ found: [Double], _ expected: [Double]) -> Double {
        let largest = expected.reduce(0) { max($0, abs($1)) }
        return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
      }
      let values = distance(found[0].y, found[1].y)
      #expect(values < 2e-6, sourceLocation: sourceLocation)
      let gradients = distance(found[0].gradient, found[1].gradient)
      #expect(gradients < 5e-6, sourceLocation: sourceLocation)
    }
  }

  /// Lengths around the numbers that are computed side by side.
  @Test(arguments: [
    Pack(lengths: [1], heads: 1, size: 16),
    Pack(lengths: [3, 5, 5, 15, 16, 17], heads: 2, size: 32),
    Pack(lengths: [70, 1, 33], heads: 3, size: 16),
    Pack(lengths: [130], heads: 1, size: 64),
  ])
  func valuesAndGradientsAreThoseOfEachText(_ pack: Pack) throws {
    try pack.expectAlike([
      { try $0.packedAttention(lengths: pack.lengths, heads: pack.heads) },
      { try pack.expected($0) },
    ])
    try pack.expectAlike([
      { try $0.packedAttention(lengths: pack.lengths, heads: pack.heads, scale: 0.4) },
      { try pack.expected($0, scale: 0.4) },
    ])
  }

  /// A head whose values are the unit matrix puts out its weights, with what was dropped of them.
  @Test func theGradientDropsWhatTheValueDropped() throws {
    let pack = Pack(lengths: [16, 7, 2, 11, 16], heads: 2, size: 16)
    let dropout = 0.25
    func attended(_ x: Tensor) throws -> Tensor {
      try RandomNumbers.seeded(11) {
        try x.packedAttention(lengths: pack.lengths, heads: pack.heads, dropout: dropout)
      }
    }
    let units = pack.lengths.flatMap { length in
      (0..<length).flatMap { row in
        (0..<pack.inner).map { $0 % pack.size == row ? 1 : 0 as Float }
      }
    }
    let projected = try pack.projected().detached()
    let seen = try Tensor.cat(
      [
        projected.narrow(1, start: 0, length: 2 * pack.inner),
        Tensor(units, shape: [pack.tokens, pack.inner]),
      ],
      1
    )
    let shares =
      try attended(seen).to(.float64)
      / pack.expected(seen).maskedFill(
        pack.expected(seen).equals(0),
        1
      )
    var row = 0
    var kept: [Double] = []
    let factors = try pack.lengths.map { length in
      let rows = try shares.narrow(0, start: row, length: length)
      row += length
      return try (0..<pack.heads).map { head in
        let block = try rows.narrow(1, start: head * pack.size, length: length)
        kept += try block.array()
        return try (block.isGreater(than: 0.5).to(.float64) / (1 - dropout))
      }
    }
    #expect(kept.allSatisfy { abs($0) < 1e-5 || abs($0 - 1 / (1 - dropout)) < 1e-4 })
    let share = Double(kept.count { $0 > 0.5 }) / Double(kept.count)
    #expect(abs(share - (1 - dropout)) < 0.05)
    try pack.expectAlike([attended, { try pack.expected($0, factors: factors) }])
  }

  @Test func neitherThreadsNorOtherTextsChangeAText() throws {
    let pack = Pack(lengths: Array(1...40), heads: 2, size: 16)
    let projected = try pack.projected().detached()
    try ThreadCount.restored { library in
      let found = try [1, 2, 3].map { count in
        try library.setThreadCount(count)
        return try RandomNumbers.seeded(2) {
          try projected.packedAttention(lengths: pack.lengths, heads: 2, dropout: 0.1)
            .array(of: Float.self)
        }
      }
      #expect(found[1] == found[0])
      #expect(found[2] == found[0])
    }
    let whole = try projected.packedAttention(lengths: pack.lengths, heads: 2)
    let last = try projected.narrow(0, start: pack.tokens - 40, length: 40)
      .packedAttention(lengths: [40], heads: 2)
    let end = try whole.narrow(0, start: pack.tokens - 40, length: 40)
    #expect(try last.array(of: Float.self) == end.array())
  }

  @Test func extremeScoresHaveWeights() throws {
    let pack = Pack(lengths: [3, 20], heads: 1, size: 16)
    let large = try pack.projected().detached() * 1e4
    let found = try large.packedAttention(lengths: pack.lengths, heads: 1)
    #expect(try isClose(found.array(), pack.expected(large).array(), 1e-5))
  }

  /// What is no number stays in its text.
  @Test func notANumberIsNotHidden() throws {
    var values = [Float](repeating: 1, count: 4 * 48)
    values[0] = .nan
    let x = try Tensor(values, shape: [4, 48])
    let found: [Float] = try x.packedAttention(lengths: [2, 2], heads: 1).array()
    #expect(found.prefix(16).allSatisfy { $0.isNaN })
    #expect(found.dropFirst(16).allSatisfy { $0 == 1 })
  }

  @Test func whatDoesNotFitIsRefused() throws {
    let x = try Tensor.zeros([4, 96])
    #expect(x.fitsPackedAttention(heads: 2))
    #expect(!x.fitsPackedAttention(heads: 4))
    #expect(try !x.to(.float64).fitsPackedAttention(heads: 2))
    #expect(try !x.reshape([2, 2, 96]).fitsPackedAttention(heads: 2))
    #expect(try x.packedAttention(lengths: [1, 3], heads: 2).shape == [4, 32])
    #expect(try Tensor.zeros([0, 96]).packedAttention(lengths: [], heads: 2).shape == [0, 32])
    let bad: [() throws -> Tensor] = [
      { try x.packedAttention(lengths: [1, 2], heads: 2) },
      { try x.packedAttention(lengths: [4, 0], heads: 2) },
      { try x.packedAttention(lengths: [5, -1], heads: 2) },
      { try x.packedAttention(lengths: [4], heads: 4) },
      { try x.packedAttention(lengths: [4], heads: 0) },
      { try x.packedAttention(lengths: [4], heads: 2, scale: 0) },
      { try x.packedAttention(lengths: [4], heads: 2, dropout: 1) },
      { try x.to(.float64).packedAttention(lengths: [4], heads: 2) },
    ]
    for make in bad { #expect(throws: TorchError.self) { try make() } }
  }
}
