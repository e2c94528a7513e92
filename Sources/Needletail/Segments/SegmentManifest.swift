internal import Glibc
internal import IndexStore
internal import VectorCore

/// What a segmented index consists of at one moment: a small file, replaced as a whole.
struct SegmentManifest: Sendable, Equatable {
  /// One part of the index, immutable but for which of its rows are deleted.
  struct Segment: Sendable, Equatable {
    /// The number in the names of its files.
    let number: Int
    let count: Int
    /// Deleted rows.
    var deletedCount = 0
    /// The generation that wrote the file of deleted rows; 0 where none is.
    var deletedIn = 0

    var indexName: String { "segment-\(number).needle" }
    var vectorsName: String { "segment-\(number).npy" }
    var deletedName: String? { deletedIn == 0 ? nil : "segment-\(number).deleted-\(deletedIn)" }
  }

  /// Counts the changes.
  var generation = 0
  /// The backend of large segments, with construction parameters.
  let specification: String
  let metric: Metric
  let dimension: Int
  let seed: UInt64
  /// Whether ids are words; `nil` before the first vectors.
  var usesNames: Bool?
  /// The fingerprint of the model that encoded the vectors, where the first came with one.
  var model: String?
  /// The id of the next vector that comes without one.
  var nextID = 0
  /// The number of the next segment.
  var nextSegment = 1
  var segments: [Segment] = []

  static let fileName = "manifest.json"
  private static let format = "needletail segmented index"
  private static let version = 1
  private static let byteLimit = 16 << 20
  static let remedy = "restore the index from a copy"

  init(specification: String, metric: Metric, dimension: Int, seed: UInt64) {
    self.specification = specification
    self.metric = metric
    self.dimension = dimension
    self.seed = seed
  }

  /// Whether a folder holds a segmented index: a set of vectors has a manifest of the same name.
  static func exists(in folder: String) -> Bool {
    let path = folder + "/" + fileName
    guard let file = try? MappedFile(path: path) else { return unsafe access(path, F_OK) == 0 }
    return !String(decoding: file.prefix(512), as: UTF8.self).contains("needletail vector set")
  }

  /// Writes the manifest: from this moment the index is what it says.
  func write(to folder: String) throws(FileError) {
    var file = try AtomicFile(path: folder + "/" + Self.fileName)
    try file.write(encoded)
    try file.commit()
  }

  /// The names of all files that belong to the index.
  var names: Set<String> {
    var names: Set = [Self.fileName, FolderLock.fileName]
    for segment in segments {
      names.formUnion([segment.indexName, segment.vectorsName])
      if let deleted = segment.deletedName { names.insert(deleted) }
    }
    return names
  }

  var encoded: [UInt8] {
    func number(_ value: Int) -> JSON { .number("\(value)") }
    let parts = segments.map { segment in
      JSON.object([
        JSONMember("number", number(segment.number)), JSONMember("count", number(segment.count)),
        JSONMember("deleted", number(segment.deletedCount)),
        JSONMember("deleted_in", number(segment.deletedIn)),
      ])
    }
    let ids = usesNames.map { $0 ? "words" : "numbers" } ?? "none"
    let members = [
      JSONMember("format", .text(Self.format)), JSONMember("version", number(Self.version)),
      JSONMember("generation", number(generation)), JSONMember("backend", .text(specification)),
      JSONMember("metric", .text(metric.rawValue)), JSONMember("dimension", number(dimension)),
      JSONMember("seed", .text("\(seed)")), JSONMember("ids", .text(ids)),
      JSONMember("model", model.map { .text($0) } ?? .null),
      JSONMember("next_id", number(nextID)), JSONMember("next_segment", number(nextSegment)),
      JSONMember("segments", .list(parts)),
    ]
    return Array(JSON.object(members).indented.utf8)
  }

  /// Reads the manifest of a folder.
  ///
  /// - Throws: ``VectorCore/FileError`` for a missing or malformed manifest, and for one of a later
  ///   version.
  init(folder: String) throws(FileError) {
    let path = folder + "/" + Self.fileName
    let file = try MappedFile(path: path)
    guard file.count <= Self.byteLimit else {
      throw FileError(.badData, path: path, reason: "\(file.count) bytes are too many")
    }
    var fields: ManifestFields
    do throws(JSON.Malformed) {
      let value = try JSON(parsing: file.prefix(file.count))
      fields = ManifestFields(value, path: path, remedy: Self.remedy)
    } catch {
      throw FileError(
        .badData,
        path: path,
        place: "byte \(error.offset)",
        reason: "is no JSON: \(error.reason)",
        remedy: Self.remedy
      )
    }
    try fields.expect("format", Self.format)
    let version = try fields.integer("version", 1...Int.max)
    guard version == Self.version else { throw fields.newer("version \(version)") }
    generation = try fields.integer("generation", 0...Int.max)
    specification = try fields.text("backend")
    let metrics = Metric.allCases
    let metricName = try fields.text("metric")
    guard let metric = metrics.first(where: { $0.rawValue == metricName }) else {
      throw fields.newer("metric '\(metricName)'")
    }
    self.metric = metric
    dimension = try fields.integer("dimension", 1...(1 << 20))
    let seedText = try fields.text("seed")
    guard let seed = UInt64(seedText) else { throw fields.fault("seed", "is '\(seedText)'") }
    self.seed = seed
    usesNames = try fields.choice("ids", ["none": nil, "words": true, "numbers": false])
    model = try fields.optionalText("model")
    nextID = try fields.integer("next_id", 0...Int.max)
    nextSegment = try fields.integer("next_segment", 1...Int.max)
    let highest = nextSegment - 1
    let highestGeneration = generation
    segments = try fields.list("segments") { (part) throws(FileError) in
      let count: Int
      let number = try part.integer("number", 1...max(1, highest))
      count = try part.integer("count", 1...Int(Int32.max))
      return Segment(
        number: number,
        count: count,
        deletedCount: try part.integer("deleted", 0...count),
        deletedIn: try part.integer("deleted_in", 0...highestGeneration)
      )
    }
    try fields.expectNothingElse()
  }
}
