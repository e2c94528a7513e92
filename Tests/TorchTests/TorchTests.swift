import Testing
import Torch

@Suite struct TorchTests {
  @Test func smoke() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    let w = try Tensor([1, 0, 0, 0, 1, 1] as [Float], shape: [2, 3])
    let b = try Tensor([0.5, -0.5] as [Float])
    let y = try x.linear(w, b)
    #expect(try y.array(of: Float.self) == [1.5, 4.5, 4.5, 10.5])
    #expect(try (y + y * 2).array(of: Float.self) == [4.5, 13.5, 13.5, 31.5])
    let error = #expect(throws: TorchError.self) { try x.matmul(w) }
    #expect(error?.message == "mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)")
  }
}
