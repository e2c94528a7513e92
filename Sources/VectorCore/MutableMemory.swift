/// Memory that is written first, from several threads if need be, and shared afterwards.
///
/// Zeroed at first; aligned to 64 bytes, large ones to 2 MiB so that the system can use huge pages.
@safe  // @unchecked Sendable because its users write disjoint elements, nobody after `frozen()`.
public final class MutableMemory<Element: BitwiseCopyable>: @unchecked Sendable {
  private let memory: OwnedMemory
  /// The elements; whoever writes must be alone at the elements written.
  @unsafe public let elements: UnsafeMutableBufferPointer<Element>

  /// Allocates `count` zeroed elements.
  public init(count: Int) {
    memory = OwnedMemory(byteCount: count * MemoryLayout<Element>.stride)
    unsafe elements = memory.bytes.bindMemory(to: Element.self)
  }

  /// The elements as an immutable array that shares this memory.
  public func frozen() -> SharedArray<Element> {
    unsafe SharedArray(unsafe: UnsafeBufferPointer(elements), owner: memory)
  }
}
