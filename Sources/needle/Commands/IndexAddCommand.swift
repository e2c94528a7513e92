internal import ArgumentParser
internal import Needletail
internal import Reporting
internal import Retrieval

/// `needle index add`: vectors into an index that can be changed.
struct IndexAddCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Adds vectors to an index that can be changed, or makes one.",
    discussion: """
      Such an index is a folder of segments, each an index file with its vectors
      beside it. What a command has written is there after a crash at any moment;
      an interrupted command leaves the index as it was. Searches go on meanwhile,
      over the index as it was when they began; there is one writer at a time.

      With --backend the folder is made, where it is missing. Segments of less
      than 10,000 vectors are searched exactly, and joined when there are more
      than eight. Vectors without ids get the numbers that come next.

      --attributes stores values beside the vectors, as 'needle index build' does;
      vectors that come without have none.

      --on-duplicate replace takes the place of vectors whose ids are there
      already, as 'needle index update' does. Vectors that another model encoded
      than the first are refused, as far as their folders tell.

      Examples:
        needle index add docs --vectors docs.npy --ids docs.ids --backend hnsw \\
          --metric cosine
        needle index add docs --vectors more.npy --ids more.ids
        needle index add docs --vectors new.npy --attributes new.jsonl
        needle search --index docs --queries queries.npy --out found.jsonl
      """
  )

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "folder"))
  var folder: String

  @OptionGroup var change: AddOptions

  @Option(
    help: ArgumentHelp(
      "The kind of index of large segments; makes the folder where it is missing.",
      valueName: "spec"
    )
  )
  var backend: String?

  @Option(help: "How vectors are compared: ip, cosine or l2, where the folder is made.")
  var metric: Metric?

  @Option(help: "The seed of every random choice, where the folder is made.")
  var seed: UInt64?

  @Option(help: "What becomes of ids that are there already: error or replace.")
  var onDuplicate: SegmentWriter.Duplicates = .error

  func run() throws {
    let set = try change.open()
    if let backend, !SegmentedIndex.exists(folder) {
      let writer = try SegmentWriter(
        creating: folder,
        backend,
        metric: metric ?? .innerProduct,
        dimension: set.dimension,
        seed: seed ?? 42
      )
      do {
        return try change.add(set, to: writer, duplicates: onDuplicate)
      } catch {
        // Refused vectors leave no empty index behind.
        try? writer.removeIfUnused()
        throw error
      }
    }
    for (option, isGiven) in [
      ("--backend", backend != nil), ("--metric", metric != nil), ("--seed", seed != nil),
    ] where isGiven && SegmentedIndex.exists(folder) {
      throw UsageError("\(option) is for a new index; \(folder) knows its own")
    }
    let writer = try SegmentWriter(folder)
    try change.add(set, to: writer, duplicates: onDuplicate)
  }
}

/// `needle index update`: vectors in the place of those with the same ids.
struct IndexUpdateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update",
    abstract: "Puts vectors in the place of those with the same ids; adds those that are new.",
    discussion: """
      The same as 'needle index add --on-duplicate replace'.

      Example:
        needle index update docs --vectors changed.npy --ids changed.ids
      """
  )

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "folder"))
  var folder: String

  @OptionGroup var change: AddOptions

  func run() throws {
    let set = try change.open()
    let writer = try SegmentWriter(folder)
    try change.add(set, to: writer, duplicates: .replace)
  }
}

/// What is added, and how the outcome is shown.
struct AddOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The vectors: a file, or a folder of 'needle encode'.",
      valueName: "path"
    )
  )
  var vectors: String

  @Option(
    help: ArgumentHelp(
      "One id per vector, a number or a word a line (default: a folder's ids, else the next numbers).",
      valueName: "file"
    )
  )
  var ids: String?

  @Option(
    help: ArgumentHelp(
      "Attributes of the vectors, to filter searches by: .jsonl, or a table with tabs.",
      valueName: "file"
    )
  )
  var attributes: String?

  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func open() throws -> VectorSet { try VectorSet.open(vectors, ids: ids) }

  func add(
    _ set: VectorSet,
    to writer: SegmentWriter,
    duplicates: SegmentWriter.Duplicates
  ) throws {
    let progress = ProgressDisplay()
    let replaced = try writer.add(
      set,
      duplicates: duplicates,
      attributes: try attributes.map { path in
        try AttributeFile.read(path, ids: set.ids, count: set.count)
      },
      model: try VectorSet.model(of: vectors),
      threads: threadOption.count,
      progress: { progress.show($0) }
    )
    progress.finish()
    let report = ChangeReport(
      folder: writer.folder,
      added: set.count,
      deleted: replaced,
      count: writer.count
    )
    try report.write(json: json)
  }
}
