import Testing
import Torch

@Suite(.needsLibtorch) struct TensorValuesTests {
  @Test func readingConverts() throws {
    let x = try Tensor([1.75, -2.5] as [Float])
    #expect(try x.array(of: Double.self) == [1.75, -2.5])
    #expect(try x.array(of: Int64.self) == [1, -2])
    #expect(try x.array(of: Float16.self) == [1.75, -2.5])
    #expect(try Tensor([3] as [Int64]).array(of: Float.self) == [3])
  }

  @Test func viewsAreReadRowMajor() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(try x.transpose(0, 1).array(of: Float.self) == [1, 4, 2, 5, 3, 6])
  }

  @Test func readingIntoMemoryOfAnotherSizeIsRefused() throws {
    let x = try Tensor([1, 2, 3] as [Float])
    var values = [Float](repeating: 0, count: 3)
    try x.copy(to: &values)
    #expect(values == [1, 2, 3])
    var short = [Float](repeating: 0, count: 2)
    let error = #expect(throws: TorchError.self) { try x.copy(to: &short) }
    #expect(error?.message == "the shape needs 12 bytes, but there are 8")
  }

  @Test func onlyOneElementIsAnItem() throws {
    #expect(try Tensor([2.5] as [Float], shape: [1, 1]).item() == 2.5)
    let error = #expect(throws: TorchError.self) { try Tensor([1, 2] as [Float]).item() }
    #expect(error?.message == "a tensor of shape [2] has not one element, but 2")
  }

  @Test func finiteness() throws {
    #expect(try Tensor([0, -1e30] as [Float]).isFinite())
    #expect(try !Tensor([0, .nan] as [Float]).isFinite())
    #expect(try !Tensor([0, .infinity] as [Float]).isFinite())
    #expect(try Tensor([1] as [Int64]).isFinite())
  }

  @Test func conversionKeepsWhatIsAlreadyRight() throws {
    let x = try Tensor([1, 2] as [Float])
    #expect(try x.to(.float32) === x)
    #expect(try x.to(.cpu) === x)
    let half = try x.to(.float16)
    #expect(half.dtype == .float16)
    #expect(try half.array(of: Float.self) == [1, 2])
  }

  @Test func aDeviceThatIsNotThereIsAnError() throws {
    let x = try Tensor([1] as [Float])
    let count = try Device.cudaCount()
    let error = #expect(throws: TorchError.self) { try x.to(.cuda(count)) }
    #expect(error?.message == "no CUDA device \(count); there are \(count)")
    #expect(throws: TorchError.self) { try x.to(.cuda(-1)) }
    #expect(throws: TorchError.self) { try x.to(.cuda(.max)) }
  }
}
