internal import IndexStore
internal import VectorCore

/// What steps were run with and what came of them: the file that makes a pipeline resumable.
struct PipelineState {
  /// A step that ran, or was begun.
  struct Entry {
    let name: String
    /// The command.
    let run: [String]
    /// The version of needle that ran it.
    let version: String
    let inputs: [PathState]
    /// What it wrote; empty until it is complete.
    var outputs: [PathState] = []
    var isComplete = false
    /// How long it took.
    var seconds = 0.0

    /// What was known of a path.
    func known(_ path: String) -> PathState? {
      (inputs + outputs).last { $0.path == path }
    }
  }

  private let path: String
  private var entries: [Entry] = []

  /// Reads the state; there is none before the first run.
  ///
  /// - Throws: `FileError` for a file that is no state.
  init(path: String) throws {
    self.path = path
    guard try PathState(of: path, known: nil) != nil else { return }
    let file = try MappedFile(path: path)
    guard let json = try? JSON(parsing: file.prefix(file.count)),
      let list = json["steps"]?.list
    else { throw malformed }
    entries = try list.map { step in
      guard let entry = Entry(step) else { throw malformed }
      return entry
    }
  }

  private var malformed: FileError {
    FileError(
      .badData,
      path: path,
      reason: "is not the state of a pipeline",
      remedy: "remove it, and every step runs again"
    )
  }

  subscript(step: String) -> Entry? { entries.first { $0.name == step } }

  /// Notes a step and writes the file.
  ///
  /// - Throws: `FileError` where it cannot be written.
  mutating func note(_ entry: Entry) throws {
    if let place = entries.firstIndex(where: { $0.name == entry.name }) {
      entries[place] = entry
    } else {
      entries.append(entry)
    }
    var file = try AtomicFile(path: path)
    let json = JSON.object([JSONMember("steps", .list(entries.map(\.json)))])
    try file.write(Array(json.indented.utf8))
    try file.commit()
  }
}

extension PipelineState.Entry {
  fileprivate init?(_ json: JSON) {
    guard let name = json["name"]?.text, let run = json["run"]?.list,
      let version = json["version"]?.text, let inputs = json["inputs"]?.list,
      let outputs = json["outputs"]?.list, case .flag(let isComplete)? = json["complete"],
      case .number(let seconds)? = json["seconds"]
    else { return nil }
    self.name = name
    self.run = run.compactMap(\.text)
    self.version = version
    self.inputs = inputs.compactMap { PathState($0) }
    self.outputs = outputs.compactMap { PathState($0) }
    self.isComplete = isComplete
    self.seconds = Double(seconds) ?? 0
  }

  fileprivate var json: JSON {
    .object([
      JSONMember("name", .text(name)),
      JSONMember("complete", .flag(isComplete)),
      JSONMember("run", .list(run.map { .text($0) })),
      JSONMember("version", .text(version)),
      JSONMember("seconds", .number("\(seconds)")),
      JSONMember("inputs", .list(inputs.map(\.json))),
      JSONMember("outputs", .list(outputs.map(\.json))),
    ])
  }
}

extension PathState {
  fileprivate init?(_ json: JSON) {
    guard let path = json["path"]?.text, let files = json["files"]?.integer,
      let size = json["bytes"]?.integer, let modified = json["modified"]?.integer,
      let checksum = json["xxh3"]?.text.flatMap({ UInt64($0, radix: 16) })
    else { return nil }
    self.init(path: path, files: files, size: size, modified: modified, checksum: checksum)
  }

  fileprivate var json: JSON {
    .object([
      JSONMember("path", .text(path)),
      JSONMember("files", .number("\(files)")),
      JSONMember("bytes", .number("\(size)")),
      JSONMember("modified", .number("\(modified)")),
      JSONMember("xxh3", .text(String(checksum, radix: 16))),
    ])
  }
}
