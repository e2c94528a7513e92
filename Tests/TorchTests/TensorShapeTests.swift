import Testing
import Torch

@Suite(.needsLibtorch) struct TensorShapeTests {
  /// The numbers from 0 to 23 as `[2, 3, 4]`.
  private func counted() throws -> Tensor { try Tensor.arange(24).reshape([2, 3, 4]) }

  @Test func reshapeKeepsTheOrder() throws {
    let x = try counted().reshape([6, -1])
    #expect(x.shape == [6, 4])
    #expect(try x.array(of: Int64.self) == Array(0..<24))
    let error = #expect(throws: TorchError.self) { try x.reshape([5, 5]) }
    #expect(error?.message == "shape '[5, 5]' is invalid for input of size 24")
  }

  @Test func permuteMovesEveryElement() throws {
    let x = try counted().permute([2, 0, 1])
    #expect(x.shape == [4, 2, 3])
    var expected: [Int64] = []
    for k in 0..<4 {
      for i in 0..<2 { expected += (0..<3).map { Int64(i * 12 + $0 * 4 + k) } }
    }
    #expect(try x.array(of: Int64.self) == expected)
    #expect(throws: TorchError.self) { try x.permute([0, 0, 1]) }
    #expect(throws: TorchError.self) { try x.permute([0, 1]) }
  }

  @Test func transposeSwapsTwo() throws {
    let x = try counted().transpose(-1, 0)
    #expect(x.shape == [4, 3, 2])
    #expect(try x.select(0, 1).select(0, 2).array(of: Int64.self) == [9, 21])
    #expect(throws: TorchError.self) { try x.transpose(0, 3) }
  }

  @Test func dimensionsOfSizeOneComeAndGo() throws {
    let x = try Tensor([1, 2] as [Float])
    #expect(try x.unsqueeze(0).shape == [1, 2])
    #expect(try x.unsqueeze(-1).shape == [2, 1])
    #expect(try x.unsqueeze(-1).squeeze(1).shape == [2])
    #expect(try x.squeeze(0).shape == [2])
    #expect(throws: TorchError.self) { try x.unsqueeze(3) }
  }

  @Test func expandRepeats() throws {
    let x = try Tensor([1, 2] as [Float], shape: [2, 1]).expand([3, -1, 2])
    #expect(x.shape == [3, 2, 2])
    #expect(try x.array(of: Float.self) == [1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2])
    #expect(throws: TorchError.self) { try x.expand([3, 3, 2]) }
  }

  @Test func contiguousKeepsTheElements() throws {
    let x = try counted().transpose(0, 2)
    #expect(try x.contiguous().array(of: Int64.self) == x.array(of: Int64.self))
  }

  @Test func slicesAreWhatIsAskedForOrAnError() throws {
    let x = try Tensor.arange(10)
    #expect(try x.slice(0, 2..<5).array(of: Int64.self) == [2, 3, 4])
    #expect(try x.slice(-1, 0..<10, step: 4).array(of: Int64.self) == [0, 4, 8])
    #expect(try x.slice(0, 4..<4).count == 0)
    let error = #expect(throws: TorchError.self) { try x.slice(0, 2..<11) }
    #expect(error?.message == "2..<11 is not inside 0..<10 of dimension 0 of [10]")
    #expect(throws: TorchError.self) { try x.slice(0, -1..<2) }
    #expect(throws: TorchError.self) { try x.slice(1, 0..<1) }
    #expect(throws: TorchError.self) { try x.slice(.min, 0..<1) }
    #expect(throws: TorchError.self) { try x.slice(0, 0..<1, step: 0) }
    #expect(try x.narrow(0, start: 7, length: 3).array(of: Int64.self) == [7, 8, 9])
    #expect(throws: TorchError.self) { try x.narrow(0, start: 8, length: 3) }
  }

  @Test func selectDropsADimension() throws {
    let x = try counted()
    #expect(try x.select(1, 2).array(of: Int64.self) == [8, 9, 10, 11, 20, 21, 22, 23])
    #expect(try x.select(1, -1).shape == [2, 4])
    #expect(throws: TorchError.self) { try x.select(1, 3) }
  }

  @Test func indexesChooseElements() throws {
    let x = try counted()
    let chosen = try x.indexSelect(2, Tensor([3, 0, 3] as [Int64]))
    #expect(chosen.shape == [2, 3, 3])
    #expect(try chosen.select(0, 0).select(0, 1).array(of: Int64.self) == [7, 4, 7])
    #expect(throws: TorchError.self) { try x.indexSelect(2, Tensor([4] as [Int64])) }
    #expect(throws: TorchError.self) { try x.indexSelect(2, Tensor([0.5] as [Float])) }
    let rows = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let gathered = try rows.gather(1, Tensor([1, 0] as [Int64], shape: [2, 1]))
    #expect(try gathered.array(of: Float.self) == [2, 3])
    #expect(throws: TorchError.self) {
      try rows.gather(1, Tensor([2, 0] as [Int64], shape: [2, 1]))
    }
  }

  @Test func tensorsAreJoined() throws {
    let a = try Tensor([1, 2] as [Float], shape: [1, 2])
    let b = try Tensor([3, 4] as [Float], shape: [1, 2])
    #expect(try Tensor.cat([a, b]).array(of: Float.self) == [1, 2, 3, 4])
    #expect(try Tensor.cat([a, b], 1).shape == [1, 4])
    let stacked = try Tensor.stack([a, b], -1)
    #expect(stacked.shape == [1, 2, 2])
    #expect(try stacked.array(of: Float.self) == [1, 3, 2, 4])
    let none = #expect(throws: TorchError.self) { try Tensor.cat([]) }
    #expect(none?.message == "there are no tensors to join")
    #expect(throws: TorchError.self) { try Tensor.stack([]) }
    #expect(throws: TorchError.self) { try Tensor.stack([a, Tensor.zeros([3])]) }
  }
}
