internal import ArgumentParser
internal import Needletail
internal import Reporting

/// `needle index verify`: checks every byte of an index file.
struct IndexVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks every byte of an index file against its checksums.",
    discussion: """
      Then opens the index as a search would. Exit code 0 means that all is well;
      65 that the file is damaged, with one line that says where.

      Example:
        needle index verify docs.needle
      """
  )

  @Argument(help: ArgumentHelp("The index file.", valueName: "index"))
  var path: String

  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    let report = try IndexFile.verify(path, threads: threadOption.count)
    let summary = try openIndex(path, verification: .structure).summary
    let sections = report.sections.count
    guard json else {
      try StandardOutput.write(
        "\(path): sound; \(summary.spec), \(NumberText.grouped(report.fileBytes)) bytes "
          + "in \(sections) \(sections == 1 ? "section" : "sections") match their checksums\n"
      )
      return
    }
    let result = JSONText.object([
      ("path", .text(path)),
      ("sound", .flag(true)),
      ("file_bytes", .integer(report.fileBytes)),
      ("sections", .integer(sections)),
    ])
    try StandardOutput.write(result.written + "\n")
  }
}
