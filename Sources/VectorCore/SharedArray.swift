/// An immutable array in memory of our own or in a mapped file, kept alive by its owner.
///
/// Large parts of an index live in these, so that an index just built and one just opened are
/// searched by the same code without a copy.
@safe  // @unchecked Sendable because the memory is immutable from the moment the array exists.
public struct SharedArray<Element: BitwiseCopyable>: @unchecked Sendable {
  private let owner: any AnyObject & Sendable
  private let buffer: UnsafeBufferPointer<Element>

  /// Views memory that `owner` keeps alive and nobody changes.
  public init(unsafe buffer: UnsafeBufferPointer<Element>, owner: any AnyObject & Sendable) {
    unsafe self.buffer = unsafe buffer
    self.owner = owner
  }

  /// Copies an array into aligned memory.
  public init(_ elements: [Element]) {
    let memory = MutableMemory<Element>(count: elements.count)
    _ = unsafe memory.elements.initialize(from: elements)
    self = memory.frozen()
  }

  /// The number of elements.
  public var count: Int { unsafe buffer.count }

  /// The size of the elements in bytes.
  public var byteCount: Int { count * MemoryLayout<Element>.stride }

  /// The same memory, byte by byte.
  public var bytes: SharedArray<UInt8> {
    unsafe UnsafeRawBufferPointer(buffer).withMemoryRebound(to: UInt8.self) { bytes in
      unsafe SharedArray<UInt8>(unsafe: bytes, owner: owner)
    }
  }

  /// The element at `index`.
  public subscript(index: Int) -> Element {
    precondition(index >= 0 && index < count, "index \(index) of \(count)")
    return unsafe buffer[index]
  }

  /// The first element, valid as long as the array or a copy of it lives.
  ///
  /// For loops that many threads run at once: unlike
  /// ``withUnsafeBufferPointer(_:)`` it leaves the owner's reference count alone, which they would
  /// pass from core to core.
  @unsafe
  public var baseAddress: UnsafePointer<Element>? { unsafe buffer.baseAddress }

  /// Calls `body` with the elements' memory, valid during the call.
  @inlinable
  public func withUnsafeBufferPointer<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withExtendedLifetime(keepAlive) { () throws(Failure) -> Result in
      try unsafe body(memory)
    }
  }

  @usableFromInline var keepAlive: any AnyObject & Sendable { owner }
  @usableFromInline var memory: UnsafeBufferPointer<Element> { unsafe buffer }
}

extension SharedArray: Equatable where Element: Equatable {
  /// Compares the elements.
  public static func == (left: SharedArray, right: SharedArray) -> Bool {
    unsafe left.buffer.elementsEqual(right.buffer)
  }
}
