import Testing
import Torch
import VectorCore

@Suite(.needsLibtorch) struct TensorOperatorsTests {
  @Test func arithmeticBroadcasts() throws {
    let x = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let y = try Tensor([10, 20] as [Float])
    #expect(try (x + y).array(of: Float.self) == [11, 22, 13, 24])
    #expect(try (x - y).array(of: Float.self) == [-9, -18, -7, -16])
    #expect(try (x * y).array(of: Float.self) == [10, 40, 30, 80])
    #expect(try (y / x).array(of: Float.self) == [10, 10, 10 / 3, 5])
    #expect(try (-y).array(of: Float.self) == [-10, -20])
  }

  @Test func numbersWork() throws {
    let x = try Tensor([1, -2] as [Float])
    #expect(try (x + 0.5).array(of: Float.self) == [1.5, -1.5])
    #expect(try (x - 0.5).array(of: Float.self) == [0.5, -2.5])
    #expect(try (x * 3).array(of: Float.self) == [3, -6])
    #expect(try (x / 4).array(of: Float.self) == [0.25, -0.5])
  }

  @Test func wholeNumbersKeepIntegers() throws {
    let x = try Tensor([1, 2] as [Int64])
    #expect(try (x + 3).dtype == .int64)
    #expect(try (x * 3).array(of: Int64.self) == [3, 6])
    #expect(try (x + 0.5).dtype == .float32)
    #expect(try (x / 2).dtype == .float32)
  }

  @Test func typesArePromoted() throws {
    let whole = try Tensor([1] as [Int64])
    let half = try Tensor([0.5] as [Float])
    #expect(try (whole + half).dtype == .float32)
    #expect(try (half + half.to(.float64)).dtype == .float64)
  }

  @Test func comparisonsGiveBooleans() throws {
    let x = try Tensor([1, 2, 3] as [Float])
    let y = try Tensor([3, 2, 1] as [Float])
    #expect(try x.equals(y).array(of: Bool.self) == [false, true, false])
    #expect(try x.isLess(than: y).array(of: Bool.self) == [true, false, false])
    #expect(try x.isAtMost(y).array(of: Bool.self) == [true, true, false])
    #expect(try x.equals(2).array(of: Bool.self) == [false, true, false])
    #expect(try x.isLess(than: 2).array(of: Bool.self) == [true, false, false])
    #expect(try x.isAtMost(2).array(of: Bool.self) == [true, true, false])
    #expect(try x.isGreater(than: 2).array(of: Bool.self) == [false, false, true])
    #expect(try x.isAtLeast(2).array(of: Bool.self) == [false, true, true])
    #expect(try x.equals(y).and(x.isAtLeast(1)).array(of: Bool.self) == [false, true, false])
    #expect(try x.equals(y).not().array(of: Bool.self) == [true, false, true])
  }

  @Test func shapesThatDoNotAgreeSaySo() throws {
    let error = #expect(throws: TorchError.self) { try Tensor.zeros([2]) + Tensor.zeros([3]) }
    #expect(
      error?.description == "torch: add: The size of tensor a (2) must match the size of tensor b "
        + "(3) at non-singleton dimension 0"
    )
    #expect(error?.code == .refused)
    #expect(error?.kind == .internal)
  }
}
