internal import Needletail
internal import Reporting

extension SegmentedIndexReport {
  /// For people: what the index is, and a table of its segments.
  var text: String {
    let deleted = segments.reduce(0) { $0 + $1.deletedCount }
    let ids = usesNames.map { $0 ? "words" : "numbers" } ?? "none yet"
    let rows: [(name: String, value: String)] = [
      ("backend", specification), ("metric", metric.rawValue),
      ("vectors", "\(NumberText.grouped(count)) x \(dimension)"),
      ("deleted rows", NumberText.grouped(deleted)), ("ids", ids), ("seed", "\(seed)"),
      ("model", model ?? "not known"),
      ("changes", "\(generation)"), ("files", NumberText.bytes(fileBytes)),
      (
        "memory",
        "\(NumberText.bytes(memory.mappedBytes)) mapped, "
          + "\(NumberText.bytes(memory.restoredBytes + memory.idBytes)) allocated"
      ),
    ]
    let header = ["segment", "backend", "rows", "deleted", "index bytes", "vector bytes"]
    let lines = segments.map { segment in
      [
        segment.name, segment.summary.backend, NumberText.grouped(segment.summary.count),
        NumberText.grouped(segment.deletedCount), NumberText.grouped(segment.indexBytes),
        NumberText.grouped(segment.vectorBytes),
      ]
    }
    return aligned(rows) + (lines.isEmpty ? "" : "\n" + table([header] + lines))
  }

  /// For programs.
  func json(_ path: String) -> JSONText {
    let parts = segments.map { segment in
      JSONText.object([
        ("name", .text(segment.name)), ("backend", .text(segment.summary.backend)),
        ("count", .integer(segment.summary.count)), ("deleted", .integer(segment.deletedCount)),
        ("index_bytes", .integer(segment.indexBytes)),
        ("vector_bytes", .integer(segment.vectorBytes)),
      ])
    }
    return .object([
      ("path", .text(path)), ("spec", .text(specification)), ("metric", .text(metric.rawValue)),
      ("count", .integer(count)), ("dimension", .integer(dimension)), ("seed", .unsigned(seed)),
      ("ids", usesNames.map { .text($0 ? "words" : "numbers") } ?? .null),
      ("model", model.map { .text($0) } ?? .null),
      ("generation", .integer(generation)), ("file_bytes", .integer(fileBytes)),
      ("mapped_bytes", .integer(memory.mappedBytes)),
      ("restored_bytes", .integer(memory.restoredBytes)),
      ("id_bytes", .integer(memory.idBytes)), ("segments", .list(parts)),
    ])
  }
}
