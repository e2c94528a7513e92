import Foundation
import Testing
import Torch

@Suite(.needsLibtorch) struct TensorLayersTests {
  /// The product of `[m, k]` and `[k, n]`.
  private func product(_ x: [Double], _ y: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
    var result = [Double](repeating: 0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        for l in 0..<k { result[i * n + j] += x[i * k + l] * y[l * n + j] }
      }
    }
    return result
  }

  /// Sizes around those by which kernels of matrix products are unrolled.
  @Test(arguments: [(1, 1, 1), (3, 5, 2), (17, 33, 9), (64, 48, 50), (130, 100, 70)])
  func productsOfMatrices(_ m: Int, _ k: Int, _ n: Int) throws {
    let x = try sample([m, k]).to(.float32)
    let y = try sample([k, n], phase: 1).to(.float32)
    let expected = try product(x.array(), y.array(), m, k, n)
    let tolerance = 1e-6 * Double(k + 4)
    #expect(try isClose(x.matmul(y).array(), expected, tolerance))
    // The same operands as other layouts of memory.
    let turned = try x.transpose(0, 1).contiguous().transpose(0, 1)
    #expect(try isClose(turned.matmul(y).array(), expected, tolerance))
    let weight = try y.transpose(0, 1).contiguous()
    #expect(try isClose(x.linear(weight).array(), expected, tolerance))
    let bias = try sample([n], phase: 2).to(.float32)
    let b: [Double] = try bias.array()
    let shifted = expected.indices.map { expected[$0] + b[$0 % n] }
    #expect(try isClose(x.linear(weight, bias).array(), shifted, tolerance))
    #expect(try isClose(bias.expand([m, n]).addmm(x, y).array(), shifted, tolerance))
    let half = try bias.expand([m, n]).addmm(x, y, beta: 2, alpha: 0.5)
    let halved = expected.indices.map { expected[$0] / 2 + 2 * b[$0 % n] }
    #expect(try isClose(half.array(), halved, tolerance))
  }

  @Test func productsOfBatches() throws {
    let x = try sample([2, 3, 4, 5]).to(.float32)
    let y = try sample([3, 5, 6], phase: 1).to(.float32)
    let z = try x.matmul(y)
    #expect(z.shape == [2, 3, 4, 6])
    for batch in 0..<2 {
      for head in 0..<3 {
        let expected = try product(
          x.select(0, batch).select(0, head).array(),
          y.select(0, head).array(),
          4,
          5,
          6
        )
        #expect(try isClose(z.select(0, batch).select(0, head).array(), expected, 1e-5))
      }
    }
  }

  @Test func shapesThatDoNotAgreeSaySo() throws {
    let x = try Tensor.zeros([2, 3])
    let error = #expect(throws: TorchError.self) { try x.matmul(x) }
    // Some releases put "mm: " before it.
    let sentence = "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"
    #expect(error?.description.hasPrefix("torch: matmul: ") == true)
    #expect(error?.message.hasSuffix(sentence) == true)
    #expect(throws: TorchError.self) { try x.linear(Tensor.zeros([4, 2])) }
    #expect(throws: TorchError.self) { try x.linear(Tensor.zeros([4, 3]), Tensor.zeros([3])) }
    #expect(throws: TorchError.self) { try x.linear(Tensor.zeros([4, 3], dtype: .float64)) }
  }

  @Test func embeddingsAreRows() throws {
    let table = try Tensor([0, 1, 10, 11, 20, 21] as [Float], shape: [3, 2])
    let rows = try table.embedding(Tensor([2, 0, 0, 1] as [Int64], shape: [2, 2]))
    #expect(rows.shape == [2, 2, 2])
    #expect(try rows.array(of: Float.self) == [20, 21, 0, 1, 0, 1, 10, 11])
    let error = #expect(throws: TorchError.self) { try table.embedding(Tensor([3] as [Int64])) }
    #expect(error?.message.contains("out of range") == true)
    #expect(throws: TorchError.self) { try table.embedding(Tensor([-1] as [Int64])) }
  }

  @Test func layerNorm() throws {
    let x = try sample([4, 7])
    let weight = try sample([7], phase: 1)
    let bias = try sample([7], phase: 2)
    let w: [Double] = try weight.array()
    let b: [Double] = try bias.array()
    var expected: [Double] = []
    var rootMeanSquare: [Double] = []
    for row in 0..<4 {
      let values: [Double] = try x.select(0, row).array()
      let mean = values.reduce(0, +) / 7
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 7
      expected += (0..<7).map {
        (values[$0] - mean) / (variance + 1e-3).squareRoot() * w[$0] + b[$0]
      }
      let power = values.map { $0 * $0 }.reduce(0, +) / 7
      rootMeanSquare += (0..<7).map { values[$0] / (power + 1e-3).squareRoot() * w[$0] }
    }
    #expect(try isClose(x.layerNorm(weight, bias, epsilon: 1e-3).array(), expected))
    let plain = try x.layerNorm(weight, epsilon: 1e-3) + bias
    #expect(try isClose(plain.array(), expected))
    #expect(try isClose(x.rmsNorm(weight, epsilon: 1e-3).array(), rootMeanSquare))
    #expect(throws: TorchError.self) { try x.layerNorm(Tensor.ones([6]), epsilon: 1e-3) }
  }

  @Test func rmsNormIsComputedInSinglePrecision() throws {
    // The squares of these are beyond half precision.
    let x = try Tensor([300, 400] as [Float16])
    let y = try x.rmsNorm(Tensor.ones([2], dtype: .float16), epsilon: 1e-6)
    #expect(y.dtype == .float16)
    let root = 125000.0.squareRoot()
    #expect(try isClose(y.array(), [300 / root, 400 / root], 1e-3))
  }

  /// Attention of one head, step by step.
  private func attend(
    _ q: Tensor,
    _ k: Tensor,
    _ v: Tensor,
    _ added: [[Double]],
    scale: Double
  ) throws -> [Double] {
    let (queries, size, keys) = (q.shape[0], q.shape[1], k.shape[0])
    let scores = try product(q.array(), k.transpose(0, 1).array(), queries, size, keys)
    var weights: [Double] = []
    for query in 0..<queries {
      let row = (0..<keys).map { exp(scores[query * keys + $0] * scale + added[query][$0]) }
      weights += row.map { $0 / row.reduce(0, +) }
    }
    return try product(weights, v.array(), queries, keys, v.shape[1])
  }

  /// One size below and one above those where products are shared out by head.
  @Test(arguments: [(3, 5, 4), (40, 33, 16)])
  func attention(_ queries: Int, _ keys: Int, _ size: Int) throws {
    let q = try sample([2, 2, queries, size]).to(.float32)
    let k = try sample([2, 2, keys, size], phase: 1).to(.float32)
    let v = try sample([2, 2, keys, size], phase: 2).to(.float32)
    // Keys that the first text may see, and one less for the second.
    let visible = [[Bool](repeating: true, count: keys), (0..<keys).map { $0 < keys - 1 }]
    let mask = try Tensor(visible.flatMap(\.self), shape: [2, 1, 1, keys])
    let bias = try sample([1, 2, queries, keys], phase: 3).to(.float32)
    let hidden = try bias.maskedFill(mask.not(), -.infinity)
    let byDefault = 1 / Double(size).squareRoot()
    for text in 0..<2 {
      for head in 0..<2 {
        func one(_ x: Tensor) throws -> Tensor { try x.select(0, text).select(0, head) }
        func expected(_ added: [[Double]], _ scale: Double) throws -> [Double] {
          try attend(one(q), one(k), one(v), added, scale: scale)
        }
        let none = [[Double]](repeating: Array(repeating: 0, count: keys), count: queries)
        #expect(
          try isClose(one(q.attention(k, v)).array(), expected(none, byDefault), 1e-5)
        )
        let cut = none.map { _ in visible[text].map { $0 ? 0 : -Double.infinity } }
        #expect(
          try isClose(one(q.attention(k, v, mask: mask)).array(), expected(cut, byDefault), 1e-5)
        )
        let numbers: [Double] = try one(hidden).array()
        let rows = (0..<queries).map { Array(numbers[$0 * keys..<($0 + 1) * keys]) }
        let t5 = try q.attention(k, v, mask: hidden, scale: 1)
        #expect(try isClose(one(t5).array(), expected(rows, 1), 1e-5))
      }
    }
  }

  @Test func attentionOfHeadsThatLieInRows() throws {
    // As models have them: [texts, tokens, heads * size], seen as heads.
    let rows = try sample([2, 6, 12]).to(.float32)
    let heads = try rows.reshape([2, 6, 3, 4]).transpose(1, 2)
    let direct = try heads.attention(heads, heads)
    let copied = try heads.contiguous()
    #expect(try isClose(direct.array(), copied.attention(copied, copied).array(), 1e-6))
    #expect(direct.shape == [2, 3, 6, 4])
  }

  @Test func attentionRefusesWhatDoesNotFit() throws {
    let q = try Tensor.zeros([1, 2, 3, 4])
    #expect(throws: TorchError.self) { try q.attention(Tensor.zeros([1, 2, 3, 5]), q) }
    #expect(throws: TorchError.self) { try q.attention(q, Tensor.zeros([1, 2, 2, 4])) }
    #expect(throws: TorchError.self) { try q.attention(Tensor.zeros([2, 2, 3, 4]), q) }
    #expect(throws: TorchError.self) { try q.attention(Tensor.zeros([2, 3, 4]), q) }
    let mask = try Tensor.zeros([1, 1, 3, 7])
    let error = #expect(throws: TorchError.self) { try q.attention(q, q, mask: mask) }
    #expect(
      error?.message == "a mask of shape [1, 1, 3, 7] does not fit scores of shape [1, 2, 3, 3]"
    )
    #expect(throws: TorchError.self) { try q.attention(q, q, mask: Tensor.zeros([1, 1, 1, 3, 3])) }
    #expect(throws: TorchError.self) { try Tensor.zeros([]).attention(q, q) }
  }

  @Test func crossEntropy() throws {
    let logits = [[2, 0, -1], [0, 0, 0], [1, 5, 2]] as [[Double]]
    let x = try Tensor(logits.flatMap(\.self), shape: [3, 3])
    let targets = try Tensor([0, -100, 2] as [Int64])
    func loss(_ row: Int, _ target: Int) -> Double {
      log(logits[row].map { exp($0) }.reduce(0, +)) - logits[row][target]
    }
    let expected = [loss(0, 0), 0, loss(2, 2)]
    #expect(try isClose(x.crossEntropy(targets, reduction: .each).array(), expected))
    #expect(
      try isClose([x.crossEntropy(targets, reduction: .sum).item()], [expected[0] + expected[2]])
    )
    #expect(try isClose([x.crossEntropy(targets).item()], [(expected[0] + expected[2]) / 2]))
    let other = try Tensor([0, 1, 2] as [Int64])
    #expect(try isClose(x.crossEntropy(other, ignoring: 1, reduction: .each).array(), expected))
    #expect(throws: TorchError.self) { try x.crossEntropy(Tensor([0, 1, 3] as [Int64])) }
  }
}
