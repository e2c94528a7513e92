import Testing
import Torch

@Suite struct DTypeTests {
  @Test(.needsLibtorch, arguments: DType.allCases)
  func tensorsHaveEveryType(_ dtype: DType) throws {
    let x = try Tensor.ones([3], dtype: dtype)
    #expect(x.dtype == dtype)
    #expect(x.byteCount == 3 * dtype.byteCount)
    #expect(try x.array(of: Float.self) == [1, 1, 1])
  }

  @Test func sizesAndFractions() {
    #expect(DType.allCases.map(\.byteCount) == [4, 2, 2, 8, 8, 4, 1, 1])
    #expect(DType.allCases.filter(\.isFloatingPoint) == [.float32, .float16, .bfloat16, .float64])
  }
}
