internal import ArgumentParser
internal import Needletail

/// `needle index delete`: vectors out of an index that can be changed.
struct IndexDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Deletes the vectors of some ids from an index that can be changed.",
    discussion: """
      Deleted vectors are not found any more; 'needle index compact' removes them
      from the files.

      Example:
        needle index delete docs --ids gone.ids
      """
  )

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "folder"))
  var folder: String

  @Option(help: ArgumentHelp("The ids, one a line.", valueName: "file"))
  var ids: String

  @Flag(help: "Write a report as JSON.")
  var json = false

  func run() throws {
    let words = try readIDs(ids)
    let writer = try SegmentWriter(folder)
    try writer.delete(words)
    let report = ChangeReport(folder: folder, added: 0, deleted: words.count, count: writer.count)
    try report.write(json: json)
  }
}
