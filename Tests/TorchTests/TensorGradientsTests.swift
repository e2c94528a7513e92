import Testing
import Torch

@Suite(.needsLibtorch) struct TensorGradientsTests {
  /// A function of tensors to one number.
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let value: @Sendable (_ x: Tensor) throws -> Tensor

    init(_ name: String, _ value: @escaping @Sendable (Tensor) throws -> Tensor) {
      testDescription = name
      self.value = value
    }
  }

  static let functions: [Function] = [
    Function("linear") { try ($0.linear(sample([2, 6], phase: 1)) * 3).sum() },
    Function("gelu") { try $0.gelu().sum() },
    Function("gelu by tanh") { try $0.gelu(.tanh).sum() },
    Function("softmax") { try ($0.softmax() * sample([4, 6], phase: 2)).sum() },
    Function("logSoftmax") { try ($0.logSoftmax() * sample([4, 6], phase: 2)).sum() },
    Function("layerNorm") {
      try ($0.layerNorm(sample([6], phase: 1), epsilon: 1e-3) * sample([4, 6], phase: 2)).sum()
    },
    Function("normalized") { try ($0.normalized() * sample([4, 6], phase: 2)).sum() },
    Function("logSumExp") { try $0.logSumExp([1]).mean() },
    Function("attention") { x in
      let heads = try x.reshape([1, 2, 4, 3])
      return try (heads.attention(heads, heads) * sample([1, 2, 4, 3], phase: 2)).sum()
    },
    Function("crossEntropy") { try $0.crossEntropy(Tensor([0, 5, 2, 2] as [Int64])) },
    Function("embedding") { try $0.embedding(Tensor([0, 3, 3] as [Int64])).pow(2).sum() },
    Function("shapes") { x in
      let parts = try Tensor.cat([x.transpose(0, 1).reshape([4, 6]), x.slice(1, 0..<3)], 1)
      return try (parts * sample([4, 9], phase: 2)).sum()
    },
  ]

  /// Central differences of double precision, step 1e-5: their error is near 1e-9.
  @Test(arguments: functions)
  func gradientsAreFiniteDifferences(_ function: Function) throws {
    let x = try sample([4, 6])
    try x.setRequiresGradient()
    try function.value(x).backward()
    let found: [Double] = try #require(try x.gradient()).array()
    let values: [Double] = try x.array()
    let step = 1e-5
    for place in stride(from: 0, to: 24, by: 5) {
      func value(_ shift: Double) throws -> Double {
        var moved = values
        moved[place] += shift
        return try function.value(Tensor(moved, shape: [4, 6])).item()
      }
      let expected = try (value(step) - value(-step)) / (2 * step)
      #expect(abs(found[place] - expected) <= 1e-6 * max(1, abs(expected)))
    }
  }

  @Test func rmsNormHasGradients() throws {
    let x = try sample([2, 3])
    try x.setRequiresGradient()
    try x.rmsNorm(Tensor.ones([3], dtype: .float64), epsilon: 1e-6).pow(2).sum().backward()
    // Squares of a row add up to 3 whatever its length, so nothing is gained by a change.
    let found: [Double] = try #require(try x.gradient()).array()
    #expect(found.allSatisfy { abs($0) < 1e-5 })
  }

  @Test func gradientsAddUpUntilForgotten() throws {
    let x = try Tensor([3] as [Float])
    #expect(try !x.requiresGradient())
    #expect(try x.gradient() == nil)
    try x.setRequiresGradient()
    #expect(try x.requiresGradient())
    try (x * x).backward()
    try (x * x).backward()
    #expect(try x.gradient()?.item() == 12)
    try x.setGradient(Tensor([1] as [Float]))
    #expect(try x.gradient()?.item() == 1)
    try x.setGradient(nil)
    #expect(try x.gradient() == nil)
  }

  @Test func aGradientMayBeGiven() throws {
    let x = try Tensor([1, 2] as [Float])
    try x.setRequiresGradient()
    let y = try x * x
    try y.backward(Tensor([10, 100] as [Float]), keepGraph: true)
    #expect(try x.gradient()?.array(of: Float.self) == [20, 400])
    try y.backward(Tensor([1, 0] as [Float]))
    #expect(try x.gradient()?.array(of: Float.self) == [22, 400])
    #expect(throws: TorchError.self) { try y.backward(Tensor([1, 0] as [Float])) }
  }

  @Test func whatHasNoGradientSaysSo() throws {
    let x = try Tensor([1, 2] as [Float])
    #expect(throws: TorchError.self) { try x.sum().backward() }
    try x.setRequiresGradient()
    #expect(throws: TorchError.self) { try (x * x).backward() }
    #expect(throws: TorchError.self) { try Tensor([1] as [Int64]).setRequiresGradient() }
    let error = #expect(throws: TorchError.self) { try x.setGradient(Tensor([1] as [Float])) }
    #expect(
      error?.message == "a gradient of float32 [1] on cpu is none of float32 [2] on cpu"
    )
  }

  @Test func detachedTensorsAreConstants() throws {
    let x = try Tensor([3] as [Float])
    try x.setRequiresGradient()
    try (x * x.detached()).backward()
    #expect(try x.gradient()?.item() == 3)
  }

  @Test func aStepOfAdamW() throws {
    // Loshchilov and Hutter, arXiv:1711.05101, from the operations in place.
    let (rate, beta1, beta2, epsilon, decay) = (0.1, 0.9, 0.999, 1e-8, 0.01)
    let weight = try Tensor([1, -2] as [Double])
    let (m, v) = (try Tensor.zeros([2], dtype: .float64), try Tensor.zeros([2], dtype: .float64))
    try weight.setRequiresGradient()
    var numbers = [(w: 1.0, m: 0.0, v: 0.0), (w: -2.0, m: 0.0, v: 0.0)]
    for step in 1...3 {
      try weight.pow(2).sum().backward()
      let gradient = try #require(try weight.gradient())
      let correction1 = 1 - pow(beta1, step)
      let correction2 = 1 - pow(beta2, step)
      try withoutGradients {
        try weight.scale(by: 1 - rate * decay)
        try m.scale(by: beta1)
        try m.accumulate(gradient, scale: 1 - beta1)
        try v.scale(by: beta2)
        try v.accumulate(product: gradient, gradient, scale: 1 - beta2)
        let deviation = try v.sqrt() / correction2.squareRoot() + epsilon
        try weight.accumulate(quotient: m, deviation, scale: -rate / correction1)
      }
      try weight.setGradient(nil)
      for place in numbers.indices {
        let g = 2 * numbers[place].w
        numbers[place].m = beta1 * numbers[place].m + (1 - beta1) * g
        numbers[place].v = beta2 * numbers[place].v + (1 - beta2) * g * g
        numbers[place].w *= 1 - rate * decay
        numbers[place].w -=
          rate / correction1 * numbers[place].m
          / (numbers[place].v.squareRoot() / correction2.squareRoot() + epsilon)
      }
    }
    #expect(try isClose(weight.array(), numbers.map(\.w), 1e-12))
  }

  private func pow(_ base: Double, _ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { product, _ in product * base }
  }
}
