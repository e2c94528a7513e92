import Foundation
import Testing
import Torch

@Suite(.needsLibtorch) struct TensorReductionsTests {
  private let rows: [[Double]] = [[1, -2, 0.5], [3, 3, -7]]

  private func x() throws -> Tensor { try Tensor(rows.flatMap(\.self), shape: [2, 3]) }

  @Test func overTheLastDimension() throws {
    let x = try x()
    #expect(try isClose(x.sum([1]).array(), rows.map { $0.reduce(0, +) }))
    #expect(try isClose(x.mean([-1]).array(), rows.map { $0.reduce(0, +) / 3 }))
    #expect(try isClose(x.max([1]).array(), [1, 3]))
    let expected = rows.map { row in log(row.map { exp($0) }.reduce(0, +)) }
    #expect(try isClose(x.logSumExp([1]).array(), expected))
  }

  @Test func overTheFirstOrAll() throws {
    let x = try x()
    #expect(try isClose(x.sum([0]).array(), [4, 1, -6.5]))
    #expect(try isClose([x.sum().item()], [-1.5]))
    #expect(try isClose([x.mean().item()], [-0.25]))
    #expect(try x.max().item() == 3)
    #expect(try isClose([x.logSumExp().item()], [log(rows.joined().map { exp($0) }.reduce(0, +))]))
    #expect(try x.sum([0, 1], keep: true).shape == [1, 1])
    #expect(try x.mean([1], keep: true).shape == [2, 1])
    #expect(throws: TorchError.self) { try x.sum([2]) }
  }

  @Test func logSumExpDoesNotOverflow() throws {
    let x = try Tensor([1000, 1000] as [Float])
    #expect(try isClose([x.logSumExp().item()], [1000 + log(2)]))
  }

  @Test func theMeanOfIntegersIsRefused() throws {
    #expect(throws: TorchError.self) { try Tensor([1, 2] as [Int64]).mean() }
    #expect(try Tensor([1, 2] as [Int64]).sum().dtype == .int64)
  }

  @Test func theLargestAndItsPlace() throws {
    let x = try Tensor([1, 9, 3, 8, 2, 7] as [Float], shape: [2, 3])
    #expect(try x.argmax(1).array(of: Int64.self) == [1, 0])
    #expect(try x.argmax(0, keep: true).shape == [1, 3])
    let (values, indexes) = try x.topK(2)
    #expect(try values.array(of: Float.self) == [9, 3, 8, 7])
    #expect(try indexes.array(of: Int64.self) == [1, 2, 0, 2])
    let (first, place) = try x.topK(1, 0)
    #expect(try first.array(of: Float.self) == [8, 9, 7])
    #expect(try place.array(of: Int64.self) == [1, 0, 1])
    #expect(throws: TorchError.self) { try x.topK(4) }
    #expect(throws: TorchError.self) { try x.topK(-1) }
  }

  @Test func cumulativeSums() throws {
    let x = try Tensor([1, 1, 0, 1] as [Int64], shape: [2, 2])
    #expect(try x.cumulativeSum(1).array(of: Int64.self) == [1, 2, 0, 1])
    #expect(try x.cumulativeSum(0).array(of: Int64.self) == [1, 1, 1, 2])
  }

  @Test func softmaxIsADistribution() throws {
    let x = try x()
    let expected = rows.flatMap { row in
      row.map { exp($0) / row.map { exp($0) }.reduce(0, +) }
    }
    #expect(try isClose(x.softmax().array(), expected))
    #expect(try isClose(x.logSoftmax().array(), expected.map { log($0) }))
    #expect(try isClose(x.softmax(0).sum([0]).array(), [1, 1, 1]))
    #expect(throws: TorchError.self) { try x.softmax(2) }
  }

  @Test func normalizedRowsHaveLengthOne() throws {
    let x = try Tensor([3, 4, 0, 0] as [Float], shape: [2, 2]).normalized()
    #expect(try isClose(x.array(), [0.6, 0.8, 0, 0]))
    let columns = try Tensor([3, 0, 4, 2] as [Float], shape: [2, 2]).normalized(0)
    #expect(try isClose(columns.array(), [0.6, 0, 0.8, 1]))
    let half = try Tensor([300, 400] as [Float16]).normalized()
    #expect(half.dtype == .float16)
    #expect(try isClose(half.array(), [0.6, 0.8], 1e-3))
  }
}
