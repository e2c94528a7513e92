internal import ArgumentParser
internal import Needletail

/// `needle index compact`: one segment of all.
struct IndexCompactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compact",
    abstract: "Makes one segment of an index that can be changed, without what was deleted.",
    discussion: """
      The index is then what it would be had all its vectors been added at once.
      It needs room for both until it is done. --max-memory 4G refuses what would
      take more.

      Examples:
        needle index compact docs
        needle index compact docs --max-memory 4G
      """
  )

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "folder"))
  var folder: String

  @OptionGroup var threadOption: ThreadOption

  @OptionGroup var memoryLimit: MemoryLimitOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func run() throws {
    let writer = try SegmentWriter(folder)
    // Of nothing there is nothing to estimate.
    if memoryLimit.maxMemory != nil, writer.count > 0 {
      let memory = try writer.compactionMemory(threads: threadOption.count)
      try memoryLimit.check("compacting \(folder)", takes: memory?.peakBytes) { _ in
        "allow more, or \(memory?.remedy ?? "use another backend")"
      }
    }
    let progress = ProgressDisplay()
    try writer.compact(threads: threadOption.count, progress: { progress.show($0) })
    progress.finish()
    let report = ChangeReport(folder: folder, added: 0, deleted: 0, count: writer.count)
    try report.write(json: json)
  }
}

/// `needle index merge`: one index into another.
struct IndexMergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Adds the vectors of other indexes that can be changed to one of them.",
    discussion: """
      Each is added as a whole, or not at all; the others stay as they are.

      Example:
        needle index merge docs docs-2 docs-3 --on-duplicate replace
      """
  )

  @Argument(help: ArgumentHelp("The folder that gets the vectors.", valueName: "folder"))
  var folder: String

  @Argument(help: ArgumentHelp("The folders whose vectors are added.", valueName: "others"))
  var others: [String]

  @Option(help: "What becomes of ids that are there already: error or replace.")
  var onDuplicate: SegmentWriter.Duplicates = .error

  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func run() throws {
    let writer = try SegmentWriter(folder)
    let before = writer.count
    let progress = ProgressDisplay()
    var replaced = 0
    for other in others {
      replaced += try writer.merge(
        other,
        duplicates: onDuplicate,
        threads: threadOption.count,
        progress: { progress.show($0) }
      )
    }
    progress.finish()
    let report = ChangeReport(
      folder: folder,
      added: writer.count - before + replaced,
      deleted: replaced,
      count: writer.count
    )
    try report.write(json: json)
  }
}
