public import VectorCore

/// What an index takes, estimated from the size of the set before anything is read: the file to
/// come, the memory of its construction, and that of searching it.
///
/// Files come out within a few percent. Memory is that of the arrays that count; the set itself is
/// not among them, since a file of vectors is mapped.
public struct BuildMemory: Sendable, Equatable {
  /// One array, or several of one kind.
  public struct Part: Sendable, Equatable {
    /// What it holds: "links0", "scratch of 4 threads".
    public let name: String
    /// Its size.
    public let bytes: Int

    /// Names a number of bytes.
    public init(_ name: String, _ bytes: Int) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The sections of the index file, without compression.
  public let sections: [Part]
  /// What is in memory when the construction needs most.
  public let peak: [Part]
  /// What searches of the opened file keep in memory, mapped sections included; for batches of
  /// 4,096 queries with k = 10.
  public let search: [Part]
  /// What would need less: "a lower M".
  public let remedy: String

  /// Collects an estimate.
  public init(sections: [Part], peak: [Part], search: [Part], remedy: String) {
    self.sections = sections
    self.peak = peak
    self.search = search
    self.remedy = remedy
  }

  /// The estimate with something else that is stored, and in memory while the index is built and searched.
  public func adding(_ part: Part) -> BuildMemory {
    BuildMemory(
      sections: sections + [part],
      peak: peak + [part],
      search: search + [part],
      remedy: remedy
    )
  }

  /// The size of the index file.
  public var fileBytes: Int {
    // Header and metadata take a page each, the table 128 bytes an entry.
    sections.reduce(2 * FileHeader.page + sections.count * SectionTable.entrySize) { sum, part in
      sum + (part.bytes + FileHeader.page - 1) / FileHeader.page * FileHeader.page
    }
  }

  /// The memory of the construction.
  public var peakBytes: Int { peak.reduce(0) { $0 + $1.bytes } }

  /// The memory of searching.
  public var searchBytes: Int { search.reduce(0) { $0 + $1.bytes } }

  /// Queries that the scratch of a search is estimated for.
  package static let searchQueries = 4_096
}

extension IndexBackend {
  /// No estimate.
  public static func memory(
    count: Int,
    dimension: Int,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> BuildMemory? { nil }
}

extension [BuildMemory.Part] {
  /// The bytes of all parts.
  package var bytes: Int { reduce(0) { $0 + $1.bytes } }
}
