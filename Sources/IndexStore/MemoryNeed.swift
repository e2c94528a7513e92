/// The memory that searching an index needs.
public struct MemoryNeed: Sendable, Equatable {
  /// Bytes of raw sections, in the page cache and shared between processes: only what a search
  /// touches is resident.
  public let mappedBytes: Int
  /// Bytes of compressed sections, restored into memory of the process.
  public let restoredBytes: Int
  /// Bytes of explicit ids in memory of the process.
  public let idBytes: Int

  /// Describes a need.
  public init(mappedBytes: Int, restoredBytes: Int, idBytes: Int) {
    self.mappedBytes = mappedBytes
    self.restoredBytes = restoredBytes
    self.idBytes = idBytes
  }

  /// All of them.
  public var totalBytes: Int { mappedBytes + restoredBytes + idBytes }
}
