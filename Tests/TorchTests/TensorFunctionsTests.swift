import Foundation
import Testing
import Torch

@Suite(.needsLibtorch) struct TensorFunctionsTests {
  /// A function of tensors beside the same of numbers, and how close they must be.
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let inputs: [Double]
    let tensor: @Sendable (Tensor) throws -> Tensor
    let number: @Sendable (Double) -> Double

    init(
      _ name: String,
      _ inputs: [Double],
      _ tensor: @escaping @Sendable (Tensor) throws -> Tensor,
      _ number: @escaping @Sendable (Double) -> Double
    ) {
      testDescription = name
      self.inputs = inputs
      self.tensor = tensor
      self.number = number
    }
  }

  static let anywhere: [Double] = [-5, -1.5, -0.3, 0, 0.2, 1, 2.5, 30]
  static let positive: [Double] = [1e-6, 0.3, 1, 2, 1e4]

  static let functions: [Function] = [
    Function("relu", anywhere, { try $0.relu() }, { max($0, 0) }),
    Function("tanh", anywhere, { try $0.tanh() }, { tanh($0) }),
    Function("sigmoid", anywhere, { try $0.sigmoid() }, { 1 / (1 + exp(-$0)) }),
    Function("exp", anywhere, { try $0.exp() }, { exp($0) }),
    Function("abs", anywhere, { try $0.abs() }, { abs($0) }),
    Function("square", anywhere, { try $0.pow(2) }, { $0 * $0 }),
    Function("log", positive, { try $0.log() }, { log($0) }),
    Function("sqrt", positive, { try $0.sqrt() }, { $0.squareRoot() }),
    Function("rsqrt", positive, { try $0.rsqrt() }, { 1 / $0.squareRoot() }),
    Function("root", positive, { try $0.pow(0.25) }, { pow($0, 0.25) }),
    Function("gelu", anywhere, { try $0.gelu() }, { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }),
    Function(
      "gelu by tanh",
      anywhere,
      { try $0.gelu(.tanh) },
      { $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) / 2 }
    ),
    Function("clamp", anywhere, { try $0.clamp(low: -1, high: 2) }, { min(max($0, -1), 2) }),
    Function("clamp below", anywhere, { try $0.clamp(low: -1) }, { max($0, -1) }),
    Function("clamp above", anywhere, { try $0.clamp(high: 2) }, { min($0, 2) }),
  ]

  @Test(arguments: functions)
  func isTheFunctionOfNumbers(_ function: Function) throws {
    let expected = function.inputs.map(function.number)
    let double = try function.tensor(Tensor(function.inputs))
    #expect(try isClose(double.array(), expected, 1e-10))
    let single = try function.tensor(Tensor(function.inputs.map(Float.init)))
    #expect(single.dtype == .float32)
    #expect(try isClose(single.array(), expected, 2e-6))
  }

  @Test func clampNeedsABound() throws {
    #expect(throws: TorchError.self) { try Tensor([1] as [Float]).clamp() }
  }

  @Test func masksChoose() throws {
    let x = try Tensor([1, 2, 3] as [Float])
    let mask = try Tensor([true, false, true])
    #expect(
      try x.maskedFill(mask, -.infinity).array(of: Float.self) == [-.infinity, 2, -.infinity]
    )
    #expect(try Tensor.where(mask, x, -x).array(of: Float.self) == [1, -2, 3])
    #expect(throws: TorchError.self) { try x.maskedFill(x, 0) }
  }
}
