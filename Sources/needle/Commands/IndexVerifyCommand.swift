internal import ArgumentParser
internal import Needletail
internal import Reporting

/// `needle index verify`: checks every byte of an index file, or of a folder of vectors.
struct IndexVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks every byte of an index file, or of encoded vectors, against its checksums.",
    discussion: """
      Then opens the index as a search would. Exit code 0 means that all is well;
      65 that the file is damaged, with one line that says where. A folder that
      'needle encode' wrote is checked file by file, and so is an index that can
      be changed.

      Examples:
        needle index verify docs.needle
        needle index verify corpus.vectors
      """
  )

  @Argument(help: ArgumentHelp("The index file, or the folder of vectors.", valueName: "path"))
  var path: String

  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    guard !SegmentedIndex.exists(path) else { return try verifySegments() }
    guard !VectorSetVerification.applies(to: path) else { return try verifyVectors() }
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

  private func verifySegments() throws {
    let report = try SegmentedIndexReport(of: path, verifies: true, threads: threadOption.count)
    guard json else {
      let segments = report.segments.count
      try StandardOutput.write(
        "\(path): sound; \(NumberText.grouped(report.count)) x \(report.dimension) vectors, "
          + "\(NumberText.grouped(report.fileBytes)) bytes in \(segments) "
          + "\(segments == 1 ? "segment" : "segments")\n"
      )
      return
    }
    let result = JSONText.object([
      ("path", .text(path)), ("sound", .flag(true)), ("count", .integer(report.count)),
      ("dimension", .integer(report.dimension)), ("bytes", .integer(report.fileBytes)),
      ("segments", .integer(report.segments.count)),
    ])
    try StandardOutput.write(result.written + "\n")
  }

  private func verifyVectors() throws {
    let found = try VectorSetVerification(of: path, threads: threadOption.count)
    let bytes = found.files.reduce(0) { $0 + $1.bytes }
    guard json else {
      try StandardOutput.write(
        "\(path): sound; \(NumberText.grouped(found.count)) x \(found.dimension) vectors, "
          + "\(NumberText.grouped(bytes)) bytes in \(found.files.count) files match their "
          + "checksums\n"
      )
      return
    }
    let result = JSONText.object([
      ("path", .text(path)),
      ("sound", .flag(true)),
      ("count", .integer(found.count)),
      ("dimension", .integer(found.dimension)),
      ("bytes", .integer(bytes)),
      ("files", .integer(found.files.count)),
    ])
    try StandardOutput.write(result.written + "\n")
  }
}
