internal import ArgumentParser
internal import Glibc
internal import Reporting
internal import VectorCore

/// `needle pipeline`: many commands as one that can be resumed.
struct PipelineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pipeline",
    abstract: "Runs the steps of a file, and later only those that something has changed.",
    discussion: """
      The file is JSON:
        {"name": "small",
         "variables": {"data": "msmarco", "work": "${data}/needle"},
         "steps": [{"name": "corpus",
           "run": ["prepare", "corpus", "--paragraphs", "${data}/para.txt",
                   "--titles", "${data}/para.title.txt", "--out", "${work}/c.tsv"],
           "inputs": ["${data}/para.txt", "${data}/para.title.txt"],
           "outputs": ["${work}/c.tsv"]}]}
      'run' is a command without 'needle'; an argument that comes out empty is left
      out. Inputs and outputs are files or folders; "stdout" is a file for the
      command's own output. Folders above outputs are made. Variables may refer to
      earlier ones; --set gives them other values.

      A step runs if it never has, if its command is another, or if the content of
      an input or output is no longer what it was. The state file, which lies beside
      the pipeline as NAME.state.json, has the commands and checksums; files of the
      same size and time are not read again. A step that fails ends the pipeline with
      its exit code. Given again, the same command goes on there: with the arguments
      of the step's "resume" behind its own, if it has them, and anew otherwise.
      Before a step runs anew, folders that it wrote are renamed to NAME.old.

      Presets are pipelines of the whole way from raw files to an evaluated model:
      msmarco with the numbers of the MS MARCO document, revdict for a reverse
      dictionary in the same layout. --print shows the file, to be edited.

      Examples:
        needle pipeline --preset msmarco --dry-run
        needle pipeline --preset msmarco --set data=marco --set model=t5-base
        needle pipeline --preset revdict --print > mine.json
        needle pipeline mine.json --from train-1
      """
  )

  @Argument(help: ArgumentHelp("The pipeline.", valueName: "file"))
  var file: String?

  @Option(help: "A pipeline that comes with needle, instead of a file: msmarco or revdict.")
  var preset: PipelinePreset?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Another value of a variable; may be given several times.",
      valueName: "name=value"
    )
  )
  var settings: [VariableSetting] = []

  @Option(
    help: ArgumentHelp(
      "Run this step and those behind it, changed or not; leave those before it.",
      valueName: "step"
    )
  )
  var from: String?

  @Option(
    help: ArgumentHelp(
      "The state file (default: the pipeline's name with .state.json, beside it).",
      valueName: "file"
    )
  )
  var state: String?

  @Flag(help: "Show what would run, and why.")
  var dryRun = false

  @Flag(name: .customLong("print"), help: "Show the pipeline's file.")
  var printsFile = false

  @Flag(help: "Write a report as JSON; what the steps write goes to the standard error.")
  var json = false

  func validate() throws {
    guard (file == nil) != (preset == nil) else {
      throw ValidationError("give a file or --preset, and only one of them")
    }
  }

  func run() throws {
    let text = try self.text()
    let pipeline = try Pipeline(parsing: text.bytes, path: text.name, settings: settings)
    guard !printsFile else {
      return try StandardOutput.write(String(decoding: text.bytes, as: UTF8.self))
    }
    let statePath = state ?? Self.statePath(of: text.name)
    var run = try PipelineRun(pipeline, from: from, state: PipelineState(path: statePath))
    if dryRun {
      let plan = try run.plan()
      return try StandardOutput.write(
        json ? report(plan, pipeline).written + "\n" : plan.map(lines(of:)).joined()
      )
    }
    do {
      let outcomes = try run.run(keepsOutput: !json) { number, outcome in
        show(outcome, number, of: pipeline)
      }
      try StandardOutput.write(
        json ? report(outcomes, pipeline).written + "\n" : summary(outcomes, pipeline)
      )
    } catch let failure as PipelineRun.StepFailure {
      leave(after: failure)
    }
  }

  private func text() throws -> (name: String, bytes: [UInt8]) {
    if let preset { return ("\(preset.rawValue).json", Array(preset.text.utf8)) }
    let path = file ?? ""
    let mapped = try MappedFile(path: path)
    return (path, mapped.prefix(mapped.count))
  }

  private static func statePath(of file: String) -> String {
    (file.hasSuffix(".json") ? String(file.dropLast(5)) : file) + ".state.json"
  }

  private func show(_ outcome: PipelineRun.Outcome, _ number: Int, of pipeline: Pipeline) {
    let what = outcome.reason.map { "runs: \($0)" } ?? outcome.status.rawValue
    let place = "step \(number + 1) of \(pipeline.steps.count)"
    StandardError.write("needle: \(place), \(outcome.step.name): \(what)\n")
  }

  private func lines(of outcome: PipelineRun.Outcome) -> String {
    let reason = outcome.reason.map { ": \($0)\n  \(outcome.step.line)" } ?? ""
    return "\(outcome.step.name): \(outcome.status.rawValue)\(reason)\n"
  }

  private func summary(_ outcomes: [PipelineRun.Outcome], _ pipeline: Pipeline) -> String {
    func count(_ status: PipelineRun.Outcome.Status) -> Int {
      outcomes.reduce(0) { $0 + ($1.status == status ? 1 : 0) }
    }
    let seconds = outcomes.reduce(0) { $0 + ($1.seconds ?? 0) }
    let skipped = count(.skipped) == 0 ? "" : ", \(count(.skipped)) skipped"
    return "\(pipeline.name): \(count(.run)) steps run in \(NumberText.seconds(seconds)), "
      + "\(count(.unchanged)) unchanged\(skipped)\n"
  }

  private func report(_ outcomes: [PipelineRun.Outcome], _ pipeline: Pipeline) -> JSONText {
    .object([
      ("pipeline", .text(pipeline.name)),
      (
        "steps",
        .list(
          outcomes.map { outcome in
            .object([
              ("name", .text(outcome.step.name)),
              ("status", .text(outcome.status.rawValue)),
              ("reason", outcome.reason.map { .text($0) } ?? .null),
              ("run", .list(outcome.step.run.map { .text($0) })),
              ("seconds", outcome.seconds.map { .real($0) } ?? .null),
            ])
          }
        )
      ),
    ])
  }

  /// Ends the process as the step ended, so that scripts see its exit code.
  private func leave(after failure: PipelineRun.StepFailure) -> Never {
    let (code, what) =
      switch failure.ending {
      case .code(let code): (code, "failed with exit code \(code)")
      // As a shell reports it.
      case .signal(let signal): (128 + signal, "was ended by signal \(signal)")
      }
    StandardError.write(
      "needle: step '\(failure.step.name)' \(what): \(failure.step.line.onOneLine); the steps "
        + "before it are done, and the same command goes on here\n"
    )
    Glibc.exit(code)
  }
}
