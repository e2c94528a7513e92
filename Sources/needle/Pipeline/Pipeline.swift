internal import VectorCore

/// Steps that are commands of `needle`, with the files that each reads and writes.
struct Pipeline {
  /// What the pipeline is called, for messages and reports.
  let name: String
  /// The steps in the order in which they run.
  let steps: [Step]

  /// A command and its files.
  struct Step {
    let name: String
    /// The command without `needle`.
    let run: [String]
    /// What is added to the command where an interrupted step goes on; `nil` where it cannot, and
    /// begins anew.
    let resume: [String]?
    /// Files and folders that the step reads.
    let inputs: [String]
    /// Files and folders that the step writes.
    let outputs: [String]
    /// The file that the command's standard output goes to, which is one of ``outputs``.
    let stdout: String?

    /// The command as one would type it.
    var line: String { (["needle"] + run).map(\.inShell).joined(separator: " ") }
  }

  /// Reads a pipeline from JSON.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - path: the file's name, for messages.
  ///   - settings: values that replace those of variables.
  /// - Throws: `FileError` for a text that is no pipeline, with the place; ``UsageError`` for a
  ///   setting of a variable that is not there.
  init(parsing bytes: [UInt8], path: String, settings: [VariableSetting]) throws {
    let json: JSON
    do {
      json = try JSON(parsing: bytes)
    } catch {
      throw FileError(
        .badData,
        path: path,
        place: "byte \(error.offset + 1)",
        reason: error.reason
      )
    }
    let root = PipelineObject(json, path: path, place: nil)
    try root.allow(["name", "variables", "steps"])
    name = try root.text("name")
    let variables = try PipelineVariables(root["variables"], path: path, settings: settings)
    guard let list = root["steps"]?.list, !list.isEmpty else {
      throw root.error("'steps' is a list of at least one step")
    }
    var steps: [Step] = []
    for (number, value) in list.enumerated() {
      let object = PipelineObject(value, path: path, place: "step \(number + 1)")
      let step = try Step(object, variables)
      guard !steps.contains(where: { $0.name == step.name }) else {
        throw object.error("the name '\(step.name)' is that of an earlier step")
      }
      steps.append(step)
    }
    self.steps = steps
  }
}

extension Pipeline.Step {
  fileprivate init(_ object: PipelineObject, _ variables: PipelineVariables) throws {
    try object.allow(["name", "run", "resume", "inputs", "outputs", "stdout"])
    // A variable that stands for an option may be set to nothing, so that there is no argument.
    func list(_ name: String) throws -> [String]? {
      try object.list(name)?.map { try variables.substituted(in: $0, object) }
        .filter { !$0.isEmpty }
    }
    name = try object.text("name")
    stdout = try object["stdout"].map { _ in
      try variables.substituted(in: object.text("stdout"), object)
    }
    run = try list("run") ?? []
    resume = try list("resume")
    inputs = try list("inputs") ?? []
    outputs = (try list("outputs") ?? []) + (stdout.map { [$0] } ?? [])
    guard !run.isEmpty else { throw object.error("'run' is a list that begins with a command") }
    guard !outputs.isEmpty else {
      throw object.error("'outputs' or 'stdout' names a file, or nobody can tell what the step did")
    }
  }
}

/// An object of a pipeline's file, with its place for messages.
struct PipelineObject {
  private let json: JSON
  private let path: String
  private let place: String?

  init(_ json: JSON, path: String, place: String?) {
    self.json = json
    self.path = path
    self.place = place
  }

  subscript(name: String) -> JSON? { json[name] }

  func error(_ reason: String) -> FileError {
    FileError(
      .badData,
      path: path,
      place: place,
      reason: reason,
      remedy: "see 'needle help pipeline'"
    )
  }

  /// Throws unless this is an object of members that are known.
  func allow(_ names: [String]) throws {
    guard let members = json.members else {
      throw error("is \(json.kind), not an object of \(names.joined(separator: ", "))")
    }
    if let other = members.first(where: { !names.contains($0.name) }) {
      throw error("'\(other.name)' is not known; there are \(names.joined(separator: ", "))")
    }
  }

  /// A text that must be there and not empty.
  func text(_ name: String) throws -> String {
    guard let text = json[name]?.text, !text.isEmpty else {
      throw error("'\(name)' is a text that is not empty")
    }
    return text
  }

  /// A list of texts; `nil` where there is none.
  func list(_ name: String) throws -> [String]? {
    guard let value = json[name] else { return nil }
    guard let list = value.list, list.allSatisfy({ $0.text != nil }) else {
      throw error("'\(name)' is a list of texts")
    }
    return list.compactMap(\.text)
  }
}

extension String {
  /// The text as a word of a shell's line.
  var inShell: String {
    let plain =
      !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_./,:=+@%".utf8.contains(byte)
        }
      }
    guard !plain else { return self }
    let parts = split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: #"'\''"#) + "'"
  }
}
