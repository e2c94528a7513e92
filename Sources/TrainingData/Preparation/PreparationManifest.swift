internal import IndexStore
internal import Retrieval
package import VectorCore

/// What a preparation read, how it was set and what it wrote, beside its records.
///
/// The same inputs and settings give the same manifest: no times are in it.
package struct PreparationManifest {
  /// The command: "prepare train".
  package var step: String
  /// What was read, by option.
  package var inputs: [(option: String, path: String)] = []
  /// How it was set.
  package var settings: [(name: String, value: JSON)] = []
  /// What was met and written.
  package var counts: PreparationCounts

  /// Describes a preparation.
  package init(step: String, counts: PreparationCounts) {
    self.step = step
    self.counts = counts
  }

  /// Writes the manifest of a folder.
  ///
  /// - Parameters:
  ///   - folder: where the records are.
  ///   - stores: their stores.
  /// - Throws: `FileError`.
  package func write(to folder: RecordFolder, stores: TrainingStores) throws(FileError) {
    var shards: [JSON] = []
    for path in try folder.shards() {
      let file = try RecordFile(path: path)
      shards.append(
        .object([
          JSONMember("file", .text(String(path.dropFirst(folder.path.count + 1)))),
          JSONMember("records", .number("\(file.count)")),
          JSONMember("checksum", .text(Hexadecimal.text(file.checksum))),
        ])
      )
    }
    let json = JSON.object([
      JSONMember("format", .text("needletail training records")),
      JSONMember("version", .number("1")),
      JSONMember("program", .text("needle \(needletailVersion)")),
      JSONMember("step", .text(step)),
      JSONMember("inputs", .object(inputs.map { JSONMember($0.option, Self.input($0.path)) })),
      JSONMember("settings", .object(settings.map { JSONMember($0.name, $0.value) })),
      JSONMember(
        "counts",
        .object(counts.named.map { JSONMember($0.name, .number("\($0.count)")) })
      ),
      JSONMember("stores", .list([stores.queries, stores.passages].map(Self.store))),
      JSONMember("files", .list(shards)),
    ])
    var file = try AtomicFile(path: folder.manifest)
    try file.write(Array(json.indented.utf8))
    try file.commit()
  }

  private static func input(_ path: String) -> JSON {
    // Pipes can be read once only, and folders have no checksum.
    let checksum = try? Checksum.of(fileAt: path)
    return .object([
      JSONMember("path", .text(path)),
      JSONMember("checksum", checksum.map { .text(Hexadecimal.text($0)) } ?? .null),
    ])
  }

  private static func store(_ store: TokenStore) -> JSON {
    .object([
      JSONMember("role", .text(store.settings.role.rawValue)),
      JSONMember("texts", .number("\(store.count)")),
      JSONMember("tokens", .number("\(store.tokenCount)")),
      JSONMember("tokenizer", .text(store.settings.tokenizer)),
      JSONMember("template", store.settings.template.map { .text($0) } ?? .null),
      JSONMember("max_length", .number("\(store.settings.maxLength)")),
      JSONMember("checksum", .text(Hexadecimal.text(store.checksum))),
    ])
  }
}
