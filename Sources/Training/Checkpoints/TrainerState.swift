internal import VectorCore

/// How far a training is, beside weights and moments.
struct TrainerState: Sendable, Equatable {
  /// Steps that were made.
  var step = 0
  /// Steps that changed the weights: those whose scaled gradients overflowed did not.
  var optimizerSteps = 0
  /// Seconds of all runs.
  var seconds = 0.0
  /// The factor of losses.
  var scaler = LossScaler()
  /// The step with the best validation, and its value.
  var best: Best?
  /// Validations since the best one.
  var validationsSinceBest = 0
  /// Whether training stopped before its last step because validations did not get better.
  var stoppedEarly = false

  /// The best validation so far.
  struct Best: Sendable, Equatable {
    let step: Int
    let value: Double
  }
}

extension TrainerState {
  /// Writes the state with what the training depends on.
  func json(identity: [(name: String, value: String)]) -> JSON {
    JSON.object([
      JSONMember("step", .number("\(step)")),
      JSONMember("optimizer_steps", .number("\(optimizerSteps)")),
      JSONMember("seconds", .number("\(seconds)")),
      JSONMember("loss_scale", .number("\(scaler.scale)")),
      JSONMember("good_steps", .number("\(scaler.goodSteps)")),
      JSONMember("best_step", best.map { .number("\($0.step)") } ?? .null),
      JSONMember("best_value", best.map { .number("\($0.value)") } ?? .null),
      JSONMember("validations_since_best", .number("\(validationsSinceBest)")),
      JSONMember("stopped_early", .flag(stoppedEarly)),
      JSONMember("settings", .object(identity.map { JSONMember($0.name, .text($0.value)) })),
    ])
  }

  /// Reads a state that was written with the same settings.
  ///
  /// - Throws: ``TrainingError/differs(path:name:stored:given:)`` for other settings; `FileError`
  ///   for a file that is no state.
  init(path: String, identity: [(name: String, value: String)]) throws {
    let json = try Self.read(path)
    func broken(_ name: String) -> FileError {
      FileError(
        .badData,
        path: path,
        place: "key '\(name)'",
        reason: "is missing or no number",
        remedy: "go on from another checkpoint"
      )
    }
    func number(_ name: String) throws(FileError) -> Double {
      guard case .number(let digits) = json[name], let value = Double(digits) else {
        throw broken(name)
      }
      return value
    }
    func count(_ name: String) throws(FileError) -> Int {
      guard let value = json[name]?.integer, value >= 0 else { throw broken(name) }
      return value
    }
    for (name, value) in identity {
      let stored = json["settings"]?[name]?.text ?? "unknown"
      guard stored == value else {
        throw TrainingError.differs(path: path, name: name, stored: stored, given: value)
      }
    }
    step = try count("step")
    optimizerSteps = try count("optimizer_steps")
    seconds = try number("seconds")
    scaler = LossScaler(scale: try number("loss_scale"), goodSteps: try count("good_steps"))
    if json["best_step"] != .null {
      best = Best(step: try count("best_step"), value: try number("best_value"))
    }
    validationsSinceBest = try count("validations_since_best")
    stoppedEarly = json["stopped_early"] == .flag(true)
  }

  private static func read(_ path: String) throws(FileError) -> JSON {
    let file = try MappedFile(path: path)
    do throws(JSON.Malformed) {
      return try JSON(parsing: file.prefix(file.count))
    } catch {
      throw FileError(
        .badData,
        path: path,
        place: "byte \(error.offset)",
        reason: error.reason,
        remedy: "go on from another checkpoint"
      )
    }
  }
}
