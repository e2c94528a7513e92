import IndexStore
import VectorCore

/// An index that only stores: the sections it is told to.
struct FakeIndex: StoredIndex {
  var summary: IndexSummary
  var ids = VectorIDs.rowNumbers
  var attributes: [String: Int] = [:]
  var sections: [FakeSection]

  struct Unsearchable: Error {}

  init(
    backend: String = "fake",
    count: Int = 5,
    ids: VectorIDs = .rowNumbers,
    attributes: [String: Int] = [:],
    _ sections: [FakeSection] = []
  ) {
    summary = IndexSummary(
      backend: backend,
      parameters: ["M": 16, "codec": "sq8", "scale": 0.5],
      metric: .cosine,
      count: count,
      dimension: 3,
      seed: .max
    )
    self.ids = ids
    self.attributes = attributes
    self.sections = sections
  }

  func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows { throw Unsearchable() }

  func store(in writer: inout IndexFileWriter) throws {
    for section in sections { try section.store(&writer) }
    writer.attributes = attributes
  }
}

/// A section that is written by a closure.
struct FakeSection: Sendable {
  let store: @Sendable (inout IndexFileWriter) throws -> Void

  init(_ store: @escaping @Sendable (inout IndexFileWriter) throws -> Void) { self.store = store }

  init<Element: BitwiseCopyable & Sendable>(
    _ name: String,
    _ elements: [Element],
    optional: Bool = false
  ) {
    store = { writer in try writer.write(name, SharedArray(elements), optional: optional) }
  }

  /// A section of bytes that are written in pieces.
  static func streamed(_ name: String, _ pieces: [[UInt8]]) -> FakeSection {
    FakeSection { writer in
      try writer.write(
        name,
        streaming: { append in for piece in pieces { try unsafe append(piece.span.bytes) } }
      )
    }
  }
}

/// A backend whose index is one section of numbers.
enum FakeBackend: IndexBackend {
  static let name = "fake"
  static let summary = "stores, but does not search"
  static let buildParameters: [ParameterDescription] = []
  static let searchParameters: [ParameterDescription] = []

  static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex { FakeIndex() }

  static func open(_ file: IndexFile) throws -> any StoredIndex {
    let numbers = try file.array("numbers", of: UInt32.self, count: file.summary.count)
    for row in 0..<numbers.count where numbers[row] > 100 {
      throw file.corrupt(section: "numbers", place: "row \(row)", reason: "\(numbers[row])")
    }
    var index = FakeIndex(ids: file.ids, attributes: file.attributes)
    index.summary = file.summary
    return index
  }
}

/// Data that compress in one way each; the same in every run.
enum Sample {
  /// Bytes in which LZ4 finds nothing.
  static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  /// Numbers that grow slowly, so that their differences are small.
  static func growing(_ count: Int) -> [UInt32] {
    let steps = noise(count)
    var sum: UInt32 = 1_000_000
    return steps.map { step in
      sum += UInt32(step % 16)
      return sum
    }
  }

  /// Numbers between −1 and 1 on a coarse grid, as vectors read from half precision are.
  static func vectors(_ count: Int) -> [Float] {
    noise(count).map { Float(Int8(bitPattern: $0)) / 128 }
  }
}
