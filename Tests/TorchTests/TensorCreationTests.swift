import Synchronization
import Testing
import Torch
import VectorCore

@Suite(.needsLibtorch) struct TensorCreationTests {
  @Test func valuesComeBackInEveryType() throws {
    #expect(try Tensor([1.5, -2] as [Float]).array(of: Float.self) == [1.5, -2])
    #expect(try Tensor([1.5, -2] as [Double]).array(of: Double.self) == [1.5, -2])
    #expect(try Tensor([1.5, -2] as [Float16]).array(of: Float16.self) == [1.5, -2])
    #expect(try Tensor([.max, .min] as [Int64]).array(of: Int64.self) == [.max, .min])
    #expect(try Tensor([.max, .min] as [Int32]).array(of: Int32.self) == [.max, .min])
    #expect(try Tensor([0, 255] as [UInt8]).array(of: UInt8.self) == [0, 255])
    #expect(try Tensor([true, false]).array(of: Bool.self) == [true, false])
  }

  @Test func aTensorKnowsItsShape() throws {
    let x = try Tensor([1, 2, 3, 4, 5, 6] as [Int64], shape: [2, 3])
    #expect(x.shape == [2, 3])
    #expect(x.rank == 2)
    #expect(x.count == 6)
    #expect(x.byteCount == 48)
    #expect(x.dtype == .int64)
    #expect(x.device == .cpu)
  }

  @Test func emptyAndSingleTensors() throws {
    let empty = try Tensor([] as [Float], shape: [0, 3])
    #expect(empty.shape == [0, 3])
    #expect(try empty.array(of: Float.self).isEmpty)
    let single = try Tensor([7] as [Float], shape: [])
    #expect(single.shape.isEmpty)
    #expect(single.count == 1)
    #expect(try single.item() == 7)
  }

  @Test(arguments: [[4], [2, 2], [-3], [3, 0]])
  func aShapeOfAnotherSizeIsRefused(_ shape: [Int]) {
    let error = #expect(throws: TorchError.self) { try Tensor([1, 2, 3] as [Float], shape: shape) }
    #expect(error?.code == .refused)
  }

  @Test func aShapeBeyondMemoryIsRefused() {
    let error = #expect(throws: TorchError.self) {
      try Tensor([1] as [Float], shape: [1 << 40, 1 << 40])
    }
    #expect(error?.message == "the shape is larger than memory can be")
  }

  @Test func constantsAndCounts() throws {
    #expect(try Tensor.zeros([2]).array(of: Float.self) == [0, 0])
    #expect(try Tensor.ones([2], dtype: .int64).array(of: Int64.self) == [1, 1])
    let half = try Tensor.full(0.5, shape: [1, 2], dtype: .bfloat16)
    #expect(half.dtype == .bfloat16)
    #expect(try half.array(of: Float.self) == [0.5, 0.5])
    #expect(try Tensor.arange(4).array(of: Int64.self) == [0, 1, 2, 3])
    #expect(try Tensor.arange(0).count == 0)
    #expect(throws: TorchError.self) { try Tensor.arange(-1) }
    #expect(throws: TorchError.self) { try Tensor.zeros([-1]) }
  }

  @Test func moreThanTheMemoryIsAnErrorWithARemedy() {
    let error = #expect(throws: TorchError.self) { try Tensor.zeros([1 << 45]) }
    #expect(error?.code == .outOfMemory)
    #expect(
      error?.description.hasSuffix("use smaller batches, shorter texts or a smaller type") == true
    )
  }

  @Test func bytesAreSharedWithoutACopy() throws {
    let bytes = SharedArray(littleEndian([0, 1, 2, 3]))
    let x = try Tensor(sharing: bytes, at: 4, dtype: .float32, shape: [3])
    #expect(try x.array(of: Float.self) == [1, 2, 3])
    // Only borrowed memory is refused here, so this tells that there is no copy.
    let error = #expect(throws: TorchError.self) { try x.fill(9) }
    #expect(
      error?.message == "the tensor's memory is borrowed and cannot be written; clone it first"
    )
    #expect(throws: TorchError.self) { try x.slice(0, 0..<1).fill(9) }
    let copy = try x.cloned()
    try copy.fill(9)
    #expect(try copy.array(of: Float.self) == [9, 9, 9])
    #expect(try x.array(of: Float.self) == [1, 2, 3])
  }

  @Test func unalignedBytesAreCopied() throws {
    let bytes = SharedArray([0] + littleEndian([5, 6]))
    let x = try Tensor(sharing: bytes, at: 1, dtype: .float32, shape: [2])
    #expect(try x.array(of: Float.self) == [5, 6])
    try x.fill(1)
    #expect(try x.array(of: Float.self) == [1, 1])
  }

  @Test func noBytesAtAll() throws {
    let x = try Tensor(sharing: SharedArray<UInt8>([]), dtype: .float32, shape: [0, 4])
    #expect(x.shape == [0, 4])
  }

  @Test(arguments: [(0, [3]), (8, [1]), (-4, [1]), (0, [-1]), (1, [2]), (0, [1 << 40, 1 << 40])])
  func bytesOutsideAreRefused(_ offset: Int, _ shape: [Int]) {
    let bytes = SharedArray([UInt8](repeating: 0, count: 8))
    let error = #expect(throws: TorchError.self) {
      try Tensor(sharing: bytes, at: offset, dtype: .float32, shape: shape)
    }
    #expect(error?.code == .refused)
  }

  @Test func sharedBytesLiveAsLongAsAView() throws {
    let isGone = Mutex(false)
    var view: Tensor? = try Tensor(
      sharing: watchedBytes { isGone.withLock { $0 = true } },
      dtype: .float32,
      shape: [2]
    ).slice(0, 1..<2)
    #expect(!isGone.withLock { $0 })
    #expect(try view?.item() == 2)
    view = nil
    #expect(isGone.withLock { $0 })
  }

  private func littleEndian(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }
  }

  /// The bytes of 1 and 2; their owner calls `onEnd` when it goes away.
  private func watchedBytes(onEnd: @escaping @Sendable () -> Void) -> SharedArray<UInt8> {
    let owner = WatchedMemory(littleEndian([1, 2]), onEnd: onEnd)
    return unsafe SharedArray(unsafe: UnsafeBufferPointer(owner.bytes), owner: owner)
  }
}

/// Memory that tells of its end.
// @unchecked Sendable because nobody writes the bytes.
@safe
private final class WatchedMemory: @unchecked Sendable {
  let bytes: UnsafeMutableBufferPointer<UInt8>
  private let onEnd: @Sendable () -> Void

  init(_ values: [UInt8], onEnd: @escaping @Sendable () -> Void) {
    unsafe bytes = .allocate(capacity: values.count)
    self.onEnd = onEnd
    _ = unsafe bytes.initialize(from: values)
  }

  deinit {
    unsafe bytes.deallocate()
    onEnd()
  }
}
