/// What a sort may use.
public struct SortSpace: Sendable, Equatable {
  /// Bytes of memory for records and buffers, roughly; at least ``leastMemory``.
  public var memory: Int
  /// The folder for what does not fit.
  public var folder: String

  /// With less memory the runs would be too many to merge.
  public static let leastMemory = 1 << 16

  /// Creates a space.
  public init(memory: Int, folder: String) {
    precondition(memory >= Self.leastMemory, "\(memory) bytes to sort in")
    self.memory = memory
    self.folder = folder
  }

  /// Half of the memory, where two sorts work at a time.
  var half: SortSpace { SortSpace(memory: max(memory / 2, Self.leastMemory), folder: folder) }
}
