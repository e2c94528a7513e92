internal import Glibc
internal import IndexStore
internal import VectorCore

/// Runs the steps of a pipeline whose commands, inputs or outputs are not those of the last time.
struct PipelineRun {
  let pipeline: Pipeline
  /// The first step that is looked at, which runs in any case, as do those behind it.
  let from: String?
  private(set) var state: PipelineState

  /// What became of a step, or would.
  struct Outcome {
    enum Status: String {
      case run
      case wouldRun = "would run"
      case unchanged
      case skipped
    }

    let step: Pipeline.Step
    let status: Status
    /// Why it runs.
    var reason: String?
    /// How long it took.
    var seconds: Double?
  }

  /// A step that did not succeed.
  struct StepFailure: Error {
    let step: Pipeline.Step
    let ending: ChildProcess.Ending
  }

  init(_ pipeline: Pipeline, from: String?, state: PipelineState) throws {
    self.pipeline = pipeline
    self.from = from
    self.state = state
    guard let from, !pipeline.steps.contains(where: { $0.name == from }) else { return }
    let names = pipeline.steps.map(\.name).joined(separator: ", ")
    throw UsageError("--from \(from): there is no such step; there are \(names)")
  }

  /// The number of the first step that is looked at.
  private var first: Int {
    from.flatMap { name in pipeline.steps.firstIndex { $0.name == name } } ?? 0
  }

  /// What would run, and why.
  ///
  /// - Throws: `FileError` where a file cannot be read.
  func plan() throws -> [Outcome] {
    var written: [(path: String, step: String)] = []
    return try pipeline.steps.enumerated().map { number, step in
      guard number >= first else { return Outcome(step: step, status: .skipped) }
      var reason = try self.reason(for: step)
      for input in step.inputs where reason == nil {
        guard let writer = written.first(where: { overlap($0.path, input) }) else { continue }
        reason = "step '\(writer.step)' writes its input \(input)"
      }
      guard let reason else { return Outcome(step: step, status: .unchanged) }
      written += step.outputs.map { ($0, step.name) }
      return Outcome(step: step, status: .wouldRun, reason: reason)
    }
  }

  /// Runs what has to.
  ///
  /// - Parameters:
  ///   - keepsOutput: whether the steps' results go to the standard output.
  ///   - report: called before each step with its number, from 0.
  /// - Returns: what became of each step.
  /// - Throws: ``StepFailure`` for the first step that fails; `FileError` for an input or an output
  ///   that is not there.
  mutating func run(
    keepsOutput: Bool,
    report: (Int, Outcome) -> Void
  ) throws -> [Outcome] {
    var outcomes: [Outcome] = []
    for (number, step) in pipeline.steps.enumerated() {
      var outcome = Outcome(step: step, status: .skipped)
      if number >= first {
        let reason = try self.reason(for: step)
        outcome = Outcome(step: step, status: reason == nil ? .unchanged : .run, reason: reason)
      }
      report(number, outcome)
      if outcome.status == .run { outcome.seconds = try run(step, keepsOutput: keepsOutput) }
      outcomes.append(outcome)
    }
    return outcomes
  }

  /// Why a step has to run; `nil` where nothing has changed.
  private func reason(for step: Pipeline.Step) throws -> String? {
    guard let entry = state[step.name] else { return "it has not run" }
    guard entry.isComplete else { return "it was interrupted" }
    guard from == nil else { return "--from asks for it" }
    guard entry.run == step.run else { return "its command has changed" }
    for input in step.inputs {
      guard let known = entry.inputs.first(where: { $0.path == input }) else {
        return "its input \(input) is new"
      }
      guard try PathState(of: input, known: known)?.hasContent(of: known) == true else {
        return "its input \(input) has changed"
      }
    }
    for output in step.outputs {
      guard let known = entry.outputs.first(where: { $0.path == output }) else {
        return "its output \(output) is new"
      }
      guard let found = try PathState(of: output, known: known) else {
        return "its output \(output) is missing"
      }
      guard found.hasContent(of: known) else { return "its output \(output) has changed" }
    }
    return nil
  }

  private mutating func run(_ step: Pipeline.Step, keepsOutput: Bool) throws -> Double {
    let before = state[step.name]
    let inputs = try step.inputs.map { input in
      guard let found = try PathState(of: input, known: before?.known(input)) else {
        throw FileError(
          .missingInput,
          path: input,
          reason: "is an input of step '\(step.name)', and is not there",
          remedy: "check the path, or the steps before"
        )
      }
      return found
    }
    var entry = PipelineState.Entry(
      name: step.name,
      run: step.run,
      version: needletailVersion,
      inputs: inputs
    )
    var arguments = step.run
    if let before {
      if let resume = step.resume, before.goesOn(as: entry) {
        arguments += resume
      } else {
        for output in step.outputs { try OutputPlace.setAside(output) }
      }
    }
    for output in step.outputs { try OutputPlace.createParent(of: output) }
    try state.note(entry)
    let started = ContinuousClock.now
    try start(step, arguments, keepsOutput: keepsOutput)
    entry.seconds = (ContinuousClock.now - started).inSeconds
    entry.outputs = try step.outputs.map { output in
      guard let written = try PathState(of: output, known: nil) else {
        throw FileError(
          .badData,
          path: output,
          reason: "is an output of step '\(step.name)', which succeeded without writing it",
          remedy: "correct the step's 'outputs'"
        )
      }
      return written
    }
    entry.isComplete = true
    try state.note(entry)
    return entry.seconds
  }

  /// Runs the command of a step; what goes to a file appears there when the step has succeeded.
  private func start(
    _ step: Pipeline.Step,
    _ arguments: [String],
    keepsOutput: Bool
  ) throws {
    guard let file = step.stdout else {
      let output: ChildProcess.Output = keepsOutput ? .inherited : .errors
      let ending = try ChildProcess.run(arguments, output: output)
      guard ending == .code(0) else { throw StepFailure(step: step, ending: ending) }
      return
    }
    let partial = "\(file).part"
    let ending = try ChildProcess.run(arguments, output: .file(partial))
    guard ending == .code(0) else {
      _ = unsafe unlink(partial)
      throw StepFailure(step: step, ending: ending)
    }
    if keepsOutput {
      let text = try MappedFile(path: partial)
      try StandardOutput.write(String(decoding: text.prefix(text.count), as: UTF8.self))
    }
    guard unsafe rename(partial, file) == 0 else {
      throw SystemError.current().whileWriting(file)
    }
  }

  /// Whether one of two paths is the other, or lies in it.
  private func overlap(_ left: String, _ right: String) -> Bool {
    left == right || left.hasPrefix(right + "/") || right.hasPrefix(left + "/")
  }
}

extension PipelineState.Entry {
  /// Whether a step that was interrupted would do the same again.
  fileprivate func goesOn(as other: PipelineState.Entry) -> Bool {
    guard !isComplete, run == other.run, inputs.count == other.inputs.count else { return false }
    return zip(inputs, other.inputs).allSatisfy { $0.path == $1.path && $0.hasContent(of: $1) }
  }
}
