internal import Synchronization
public import VectorCore

/// An open index file: one file with a checked header and named sections.
///
/// Raw sections are views into the mapped file, so that opening costs nothing and memory grows by
/// what is touched; compressed sections are restored when they are asked for. An array keeps what
/// it needs alive, also after the file object is gone. Safe to use from several threads.
public final class IndexFile: Sendable {
  /// How much is checked when a file is opened.
  ///
  /// Header, section table, metadata and ids are always checked, and so is a compressed section
  /// when it is restored.
  public enum Verification: Sendable {
    /// Every byte of files up to 64 MiB; of larger ones the sections below 1 MiB.
    case automatic
    /// Every byte.
    case full
    /// No other section.
    case structure
  }

  /// The path as it was given.
  public let path: String
  /// What the index is and holds.
  public let summary: IndexSummary
  /// The ids of the indexed vectors.
  public let ids: VectorIDs
  /// The numbers that the backend stored beside its sections.
  public let attributes: [String: Int]
  /// The sections in file order.
  public let sections: [IndexSection]
  /// The size of the file in bytes.
  public let fileBytes: Int
  /// The version of Needletail that wrote the file.
  public let writtenBy: String
  /// The fingerprint of the model that encoded the vectors, where the file knows it.
  public var model: String? { summary.model }

  /// The section of numeric ids.
  static let idsSection = "ids"
  /// The sections of the vectors' names: where each begins, and all of them.
  static let nameOffsetsSection = "name-offsets"
  static let namesSection = "names"
  static let idSections: Set<String> = [idsSection, nameOffsetsSection, namesSection]

  private let faults: FileFaults
  private let mapping: FileMapping
  private let loads: Bool
  private let threads: Int
  private let state = Mutex(State())

  /// What was asked for, and restored sections that somebody still holds.
  private struct State {
    var asked = IndexFile.idSections
    var restored: [String: WeakMemory] = [:]
  }
  private struct WeakMemory {
    weak var memory: RestoredSection?
  }

  /// Opens an index file.
  ///
  /// - Parameters:
  ///   - path: the file; it must not be changed in place while it is open. Files that
  ///     ``write(_:to:compress:threads:)`` replaces stay valid for whoever has them open.
  ///   - verification: how much is checked now.
  ///   - loading: whether sections are copied into memory, and checked, when they are asked for, in huge
  ///     pages where the system grants them: a slower start, and faster walks through a large graph.
  ///   - threads: how many threads may check and restore sections.
  /// - Returns: the open file.
  /// - Throws: ``VectorCore/FileError`` for a missing, foreign, truncated or corrupt file and for
  ///   one of a newer version.
  public static func open(
    _ path: String,
    verification: Verification = .automatic,
    loading: Bool = false,
    threads: Int = 1
  ) throws -> IndexFile {
    guard threads >= 1 else {
      throw IndexError.invalidParameter(name: "threads", value: "\(threads)", allowed: "at least 1")
    }
    let file = try ReadableFile(path)
    let structure = try FileStructure(of: file)
    try structure.check(file, verification, threads: threads)
    return try IndexFile(structure, mapping: file.map(), loads: loading, threads: threads, file)
  }

  private init(
    _ structure: FileStructure,
    mapping: FileMapping,
    loads: Bool,
    threads: Int,
    _ file: ReadableFile
  ) throws {
    path = file.path
    summary = structure.metadata.summary
    attributes = structure.metadata.attributes
    writtenBy = structure.metadata.program
    sections = structure.sections
    fileBytes = file.size
    faults = structure.faults
    self.mapping = mapping
    self.loads = loads
    self.threads = threads
    ids = try structure.ids(mapping, threads: threads)
  }

  /// Whether the file has a section of this name.
  public func contains(_ section: String) -> Bool {
    state.withLock { _ = $0.asked.insert(section) }
    return sections.contains { $0.name == section }
  }

  /// The number of elements in a section.
  ///
  /// - Throws: ``VectorCore/FileError`` where the section is missing or its elements have another
  ///   size.
  public func elementCount<Element: BitwiseCopyable>(
    _ section: String,
    of type: Element.Type
  ) throws -> Int {
    try find(section, elementSize: MemoryLayout<Element>.stride).count
  }

  /// A section as an array: a view where it is stored raw, restored into memory otherwise.
  ///
  /// The values are whatever the file holds: in a large file a raw section may be unchecked, so a
  /// number that will be used as an index must be checked against its range.
  /// - Parameters:
  ///   - section: the name.
  ///   - type: the elements' type, any bits of which must be valid.
  ///   - count: how many elements there must be.
  /// - Returns: the elements; they stay valid without this file object.
  /// - Throws: ``VectorCore/FileError`` where the section is missing, has another number or size
  ///   of elements, or is corrupt.
  public func array<Element: BitwiseCopyable>(
    _ section: String,
    of type: Element.Type,
    count: Int
  ) throws -> SharedArray<Element> {
    let found = try find(section, elementSize: MemoryLayout<Element>.stride)
    guard found.count == count else {
      throw faults.corrupt(
        found.place,
        "\(found.count) elements instead of the \(count) that the rest of the index asks for"
      )
    }
    let memory = try self.memory(of: found)
    return unsafe SharedArray(unsafe: memory.bytes.bindMemory(to: Element.self), owner: memory)
  }

  /// A number that the backend stored, checked against its range.
  ///
  /// - Throws: ``VectorCore/FileError`` where it is missing or outside `range`.
  public func attribute(_ name: String, in range: ClosedRange<Int>) throws -> Int {
    guard let value = attributes[name] else {
      throw faults.corrupt("metadata", "the attribute '\(name)' is missing")
    }
    guard range.contains(value) else {
      throw faults.corrupt(
        "metadata",
        "\(name) is \(value), but must be from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return value
  }

  /// The error for content that makes no sense to the backend.
  ///
  /// - Parameters:
  ///   - section: where it stands.
  ///   - place: the place in the section: "row 7"; `nil` where the whole section is meant.
  ///   - reason: what is wrong there, with the values found and expected.
  /// - Returns: the error, to be thrown.
  public func corrupt(section: String, place: String? = nil, reason: String) -> FileError {
    faults.corrupt("section '\(section)'" + (place.map { ", \($0)" } ?? ""), reason)
  }

  /// Refuses sections that nobody has asked for yet and that may not be ignored.
  ///
  /// Called when a backend has opened its index: what it did not ask for, it does not know.
  /// - Throws: ``VectorCore/FileError`` with the remedy to update Needletail.
  public func rejectUnknownSections() throws {
    let asked = state.withLock { $0.asked }
    if let unknown = sections.first(where: { !$0.isOptional && !asked.contains($0.name) }) {
      throw faults.newer(nil, "it has a section '\(unknown.name)'")
    }
  }

  /// The memory that searching the index needs, as far as the file can tell.
  public var memory: MemoryNeed {
    let others = sections.filter { $0.name != Self.idsSection }
    return MemoryNeed(
      mappedBytes: others.reduce(0) { $0 + ($1.codec == .raw ? $1.rawBytes : 0) },
      restoredBytes: others.reduce(0) { $0 + ($1.codec == .raw ? 0 : $1.rawBytes) },
      idBytes: ids.explicit.map { 8 * $0.count } ?? 0
    )
  }

  private func find(_ name: String, elementSize: Int) throws(FileError) -> IndexSection {
    state.withLock { _ = $0.asked.insert(name) }
    guard let section = sections.first(where: { $0.name == name }) else {
      throw faults.corrupt(nil, "the section '\(name)' is missing")
    }
    guard section.elementSize == elementSize else {
      throw faults.corrupt(
        section.place,
        "elements of \(section.elementSize) bytes instead of \(elementSize)"
      )
    }
    return section
  }

  private func memory(of section: IndexSection) throws -> RestoredSection {
    if let memory = state.withLock({ $0.restored[section.name]?.memory }) { return memory }
    let memory = try RestoredSection(section, mapping, faults, loads: loads, threads: threads)
    state.withLock { $0.restored[section.name] = WeakMemory(memory: memory) }
    return memory
  }
}
