internal import ArgumentParser
internal import Needletail
internal import Reporting
internal import TrainingData

/// `needle prepare split`: one file of records to train on, one to validate on.
struct PrepareSplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Splits training records into a file to train on and one to validate on.",
    discussion: """
      Reads split00.jsonl, split01.jsonl and so on of a folder, or with --hn
      split00.hn.jsonl and so on, and nothing else in it: an earlier train.jsonl
      never gets into a new one. Records may hold ids or tokens. Lines are copied
      as they are, in their order.

      Which records are held out depends on the seed and their queries alone, not
      on their order: stage 1 and stage 2 of a training hold out the same queries
      as far as both have them. --tail takes the last ones instead, as tail and
      head do.

      'needle train' looks for the tokens in the folder of its records. So put the
      files into that folder, or name it with --data then.

      Examples:
        needle prepare split --in msmarco --val 500 \\
          --out msmarco/train.jsonl msmarco/val.jsonl
        needle prepare split --hn --in msmarco --val 500 --tail \\
          --out msmarco/train.hn.jsonl msmarco/val.hn.jsonl
      """
  )

  @Option(
    name: .customLong("in"),
    help: ArgumentHelp("The folder of records.", valueName: "folder")
  )
  var input: String

  @Option(help: ArgumentHelp("How many records are held out.", valueName: "n"))
  var val: Int

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The file to train on, and the one to validate on.", valueName: "file")
  )
  var out: [String]

  @Flag(help: "Take the records of 'needle hard-negatives'.")
  var hn = false

  @Flag(help: "Hold the last records out, not random ones.")
  var tail = false

  @Option(help: "Seed of the choice (default: 42).")
  var seed: UInt64?

  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func validate() throws {
    guard out.count == 2 else {
      throw ValidationError("--out has \(out.count) files; give two: train.jsonl val.jsonl")
    }
    guard val >= 1 else { throw ValidationError("--val \(val) is not allowed; it is at least 1") }
    guard !tail || seed == nil else {
      throw ValidationError("--tail takes the last records whatever the seed; leave --seed out")
    }
  }

  func run() throws {
    let split = try RecordSplit(RecordFolder(input, hn ? .mined : .prepared))
    try checkOutputs(out.map { NamedPath("--out", $0) }, inputs: [])
    let counts = try split.write(
      validation: val,
      by: tail ? .tail : .seeded(seed ?? 42),
      train: out[0],
      held: out[1],
      threads: threadOption.count
    )
    guard !json else {
      let report = JSONText.object([
        ("train", .text(out[0])), ("train_records", .integer(counts.train)),
        ("val", .text(out[1])), ("val_records", .integer(counts.validation)),
      ])
      return try StandardOutput.write(report.written + "\n")
    }
    try StandardOutput.write(
      "\(out[0]): \(NumberText.grouped(counts.train)) records\n"
        + "\(out[1]): \(NumberText.grouped(counts.validation)) records\n"
    )
  }
}
