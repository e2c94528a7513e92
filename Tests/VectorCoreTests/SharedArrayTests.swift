import Testing
import VectorCore

@Suite("SharedArray")
struct SharedArrayTests {
  @Test("memory of our own is zeroed and aligned, for small and large arrays")
  func aligned() {
    for count in [0, 1, 100, 1 << 20] {
      let array = MutableMemory<Float>(count: count).frozen()
      #expect(array.count == count && array.byteCount == 4 * count)
      let alignment = count >= 1 << 19 ? 2 << 20 : 64
      unsafe array.withUnsafeBufferPointer { buffer in
        let address = UInt(bitPattern: buffer.baseAddress)
        #expect(address.isMultiple(of: UInt(alignment)))
        let isZero = unsafe buffer.allSatisfy { $0 == 0 }
        #expect(isZero)
      }
    }
  }

  @Test("what was filled in is read back, and arrays compare by their elements")
  func contents() {
    let array = SharedArray([1, 2, 3] as [UInt32])
    let memory = MutableMemory<UInt32>(count: 3)
    for index in 0..<3 { unsafe memory.elements[index] = UInt32(index + 1) }
    let same = memory.frozen()
    #expect(array == same && array[2] == 3)
    #expect(array != SharedArray([1, 2] as [UInt32]))
    #expect(array != SharedArray([1, 2, 4] as [UInt32]))
  }

  private final class Owner: Sendable {
    let memory = UnsafeMutableBufferPointerBox()
  }

  @Test("the owner lives as long as the array")
  func owner() {
    weak var owner: Owner?
    var array: SharedArray<Int>?
    do {
      let strong = Owner()
      owner = strong
      array = unsafe SharedArray(unsafe: UnsafeBufferPointer(strong.memory.buffer), owner: strong)
    }
    #expect(owner != nil && array?[1] == 5)
    array = nil
    #expect(owner == nil)
  }
}

/// Two numbers on the heap.
@safe
private final class UnsafeMutableBufferPointerBox: @unchecked Sendable {
  let buffer: UnsafeMutableBufferPointer<Int>

  init() {
    unsafe buffer = .allocate(capacity: 2)
    unsafe buffer.initialize(repeating: 5)
  }

  deinit { unsafe buffer.deallocate() }
}
