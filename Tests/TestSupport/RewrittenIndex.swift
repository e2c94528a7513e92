public import IndexStore
public import VectorCore

/// The parts of an index file, to be changed and written again with checksums that fit.
///
/// A checksum says that bytes are as they were written, not that they make sense: this makes files
/// that do not.
public struct RewrittenIndex: StoredIndex {
  /// What the file says that it holds.
  public var summary: IndexSummary
  /// The ids, which are kept.
  public let ids: VectorIDs
  /// The numbers beside the sections.
  public var attributes: [String: Int]
  /// The sections of single bytes.
  public var bytes: [String: [UInt8]] = [:]
  /// The sections of four-byte elements, as bits.
  public var words: [String: [UInt32]] = [:]

  /// Thrown where such an index is asked for neighbours.
  public struct Unsearchable: Error {}

  /// Reads all parts of a file.
  public init(_ file: IndexFile) throws {
    summary = file.summary
    ids = file.ids
    attributes = file.attributes
    for section in file.sections where section.name != "ids" {
      if section.elementSize == 1 {
        let array = try file.array(section.name, of: UInt8.self, count: section.count)
        bytes[section.name] = (0..<array.count).map { array[$0] }
      } else {
        let array = try file.array(section.name, of: UInt32.self, count: section.count)
        words[section.name] = (0..<array.count).map { array[$0] }
      }
    }
  }

  /// Sets one element of a section of floats.
  public mutating func set(_ section: String, _ place: Int, to value: Float) {
    words[section]?[place] = value.bitPattern
  }

  /// Sets a construction parameter of the summary.
  public mutating func set(parameter name: String, to value: ParameterValue) {
    var parameters = summary.parameters
    parameters[name] = value
    summary = IndexSummary(
      backend: summary.backend,
      parameters: parameters,
      metric: summary.metric,
      count: summary.count,
      dimension: summary.dimension,
      seed: summary.seed
    )
  }

  /// Refuses.
  public func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows { throw Unsearchable() }

  /// Writes the sections as they are now.
  public func store(in writer: inout IndexFileWriter) throws {
    writer.attributes = attributes
    for (name, elements) in bytes.sorted(by: { $0.key < $1.key }) {
      try writer.write(name, SharedArray(elements))
    }
    for (name, elements) in words.sorted(by: { $0.key < $1.key }) {
      try writer.write(name, SharedArray(elements))
    }
  }
}
