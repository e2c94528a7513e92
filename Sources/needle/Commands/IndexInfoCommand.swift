internal import ArgumentParser
internal import Needletail
internal import Reporting

/// `needle index info`: what is inside an index file.
struct IndexInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Shows what an index file holds, and the memory that a search needs.",
    discussion: """
      Raw sections are mapped: the system loads what a search touches and may drop
      it again. Compressed sections are decompressed into the process's own memory
      when the index is opened. Of an index that was built with --recall, the
      recall is shown that it reaches at each setting, and its lower bound. Of an
      index that can be changed, a folder, the segments are shown.

      Examples:
        needle index info docs.needle
        needle index info living
        needle index info docs.needle --json
      """
  )

  @Argument(help: ArgumentHelp("The index file, or the folder of one.", valueName: "index"))
  var path: String

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    guard !SegmentedIndex.exists(path) else {
      let report = try SegmentedIndexReport(of: path)
      return try StandardOutput.write(json ? report.json(path).written + "\n" : report.text)
    }
    let file = try IndexFile.open(path, verification: .structure)
    let curve = try file.recallCurve()
    let table = try file.attributeTable()
    try StandardOutput.write(
      json ? described(file, curve, table).written + "\n" : explained(file, curve, table)
    )
  }

  private func explained(
    _ file: IndexFile,
    _ curve: RecallCurve?,
    _ attributes: AttributeTable?
  ) -> String {
    let summary = file.summary
    let memory = file.memory
    var rows: [(name: String, value: String)] = [
      ("backend", summary.backend),
      ("parameters", summary.parameters.entries.isEmpty ? "none" : "\(summary.parameters)"),
      ("metric", summary.metric.rawValue),
      ("vectors", "\(NumberText.grouped(summary.count)) x \(summary.dimension)"),
      ("ids", kind(of: file.ids)),
      ("seed", "\(summary.seed)"),
      ("written by", "Needletail \(file.writtenBy)"), ("model", file.model ?? "not known"),
      ("file", "\(NumberText.bytes(file.fileBytes)) (\(NumberText.grouped(file.fileBytes)) bytes)"),
    ]
    for attribute in file.attributes.sorted(by: { $0.key < $1.key }) {
      rows.append((attribute.key, "\(attribute.value)"))
    }
    for column in attributes?.columns ?? [] {
      rows.append(("attribute", column.summary))
    }
    rows.append(
      (
        "memory",
        "\(NumberText.bytes(memory.mappedBytes)) mapped, "
          + "\(NumberText.bytes(memory.restoredBytes + memory.idBytes)) allocated"
      )
    )
    let header = ["section", "element", "codec", "raw bytes", "stored bytes", "checksum"]
    let sections = file.sections.map { section in
      [
        section.name, "\(section.elementSize)", "\(section.codec)",
        NumberText.grouped(section.rawBytes),
        NumberText.grouped(section.storedBytes), hexadecimal(section.checksum),
      ]
    }
    let recall = curve.map { "\n\($0.choices)\n" + table($0.rows) } ?? ""
    return aligned(rows) + "\n" + table([header] + sections) + recall
  }

  private func kind(of ids: VectorIDs) -> String {
    if let names = ids.names {
      return "row numbers with names, from '\(names[0])' to '\(names[names.count - 1])'"
    }
    return ids.explicit == nil ? "row numbers" : "explicit"
  }

  private func described(
    _ file: IndexFile,
    _ curve: RecallCurve?,
    _ table: AttributeTable?
  ) -> JSONText {
    let memory = file.memory
    let sections = file.sections.map { section in
      JSONText.object([
        ("name", .text(section.name)),
        ("element_bytes", .integer(section.elementSize)),
        ("codec", .text("\(section.codec)")),
        ("raw_bytes", .integer(section.rawBytes)),
        ("stored_bytes", .integer(section.storedBytes)),
        ("checksum", .text(hexadecimal(section.checksum))),
      ])
    }
    let attributes = file.attributes.sorted { $0.key < $1.key }
    return .object(
      [("path", .text(path))] + file.summary.members + [
        ("explicit_ids", .flag(file.ids.explicit != nil)),
        ("names", .flag(file.ids.names != nil)),
        ("written_by", .text(file.writtenBy)),
        ("model", file.model.map { .text($0) } ?? .null),
        ("file_bytes", .integer(file.fileBytes)),
        ("mapped_bytes", .integer(memory.mappedBytes)),
        ("restored_bytes", .integer(memory.restoredBytes)),
        ("id_bytes", .integer(memory.idBytes)),
        ("attributes", .object(attributes.map { ($0.key, .integer($0.value)) })),
        ("sections", .list(sections)),
        ("recall_curve", curve?.json ?? .null),
        ("columns", table.map { .list($0.columns.map(\.json)) } ?? .null),
      ]
    )
  }
}

extension AttributeTable.Column {
  fileprivate var summary: String {
    let missing = present.count - present.matches
    return "\(name): \(values.typeName)"
      + (missing == 0 ? "" : ", missing in \(NumberText.grouped(missing)) rows")
  }

  fileprivate var json: JSONText {
    .object([
      ("name", .text(name)), ("type", .text(values.typeName)),
      ("present", .integer(present.matches)),
    ])
  }
}
