/// Token ids of several texts, one text after the other without padding.
public struct TokenBatch: Sendable {
  /// The ids of all texts, special tokens included.
  public private(set) var ids: [Int32] = []
  /// The number of tokens of each text.
  public private(set) var lengths: [Int] = []

  /// Holds no text.
  public init() {}

  /// Holds some texts.
  public init(_ texts: [[Int32]]) {
    for text in texts { append(text) }
  }

  /// Adds a text.
  public mutating func append(_ text: some Collection<Int32>) {
    ids.append(contentsOf: text)
    lengths.append(text.count)
  }

  /// Removes all texts, and keeps the memory.
  public mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
  }

  /// The number of texts.
  public var count: Int { lengths.count }
}
