import Testing
import Torch

@Suite(.needsLibtorch) struct TensorUpdatesTests {
  private func x() throws -> Tensor { try Tensor([1, 2, 3] as [Float]) }

  @Test func assignAndFill() throws {
    let x = try x()
    try x.assign(Tensor([7, 8, 9] as [Int64]))
    #expect(try x.array(of: Float.self) == [7, 8, 9])
    try x.assign(Tensor([1] as [Float]))
    #expect(try x.array(of: Float.self) == [1, 1, 1])
    try x.fill(-2.5)
    #expect(try x.array(of: Float.self) == [-2.5, -2.5, -2.5])
    #expect(throws: TorchError.self) { try x.assign(Tensor.zeros([2])) }
  }

  @Test func sumsAndProducts() throws {
    let x = try x()
    try x.accumulate(Tensor([10, 20, 30] as [Float]), scale: 0.5)
    #expect(try x.array(of: Float.self) == [6, 12, 18])
    try x.scale(by: 0.5)
    #expect(try x.array(of: Float.self) == [3, 6, 9])
    try x.multiply(by: Tensor([1, 0, -1] as [Float]))
    #expect(try x.array(of: Float.self) == [3, 0, -9])
    let (a, b) = (try Tensor([2, 4, 6] as [Float]), try Tensor([2, 2, 3] as [Float]))
    try x.accumulate(product: a, b, scale: -1)
    #expect(try x.array(of: Float.self) == [-1, -8, -27])
    try x.accumulate(quotient: a, b, scale: 10)
    #expect(try x.array(of: Float.self) == [9, 12, -7])
  }

  @Test func viewsShareTheMemory() throws {
    let x = try x()
    try x.slice(0, 1..<3).fill(0)
    #expect(try x.array(of: Float.self) == [1, 0, 0])
  }

  @Test func weightsAreChangedWithoutGradientsOnly() throws {
    let x = try x()
    try x.setRequiresGradient()
    #expect(throws: TorchError.self) { try x.fill(0) }
    try withoutGradients { try x.fill(0) }
    #expect(try x.array(of: Float.self) == [0, 0, 0])
    #expect(try x.requiresGradient())
  }

  @Test func changesThatDoNotFitAreRefused() throws {
    let x = try x()
    #expect(throws: TorchError.self) { try x.accumulate(Tensor.zeros([2])) }
    #expect(throws: TorchError.self) { try x.multiply(by: Tensor.zeros([2, 3])) }
    #expect(throws: TorchError.self) { try Tensor([1] as [Int64]).scale(by: 0.5) }
    #expect(throws: TorchError.self) { try x.accumulate(product: x, Tensor.zeros([2])) }
    #expect(try x.array(of: Float.self) == [1, 2, 3])
  }
}
