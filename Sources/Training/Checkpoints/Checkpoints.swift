internal import Encoding
internal import Glibc
internal import Torch
package import VectorCore

/// The checkpoints of a training: folders `checkpoint-N`, each a model that can be used, with what
/// the training needs to go on from there.
package struct Checkpoints: Sendable {
  /// Where the folders are, and the chosen model at the end.
  package let folder: String

  private static let prefix = "checkpoint-"
  private static let stateFile = "trainer_state.json"
  private static let momentFile = "optimizer.safetensors"

  /// The checkpoints of a folder.
  package init(folder: String) { self.folder = folder }

  /// The folder of a step.
  package func path(_ step: Int) -> String { "\(folder)/\(Self.prefix)\(step)" }

  /// The steps that have a checkpoint, the first first.
  ///
  /// - Throws: `FileError` where the folder cannot be read.
  package func steps() throws(FileError) -> [Int] {
    guard Folder.exists(folder) else { return [] }
    return try Folder.names(in: folder)
      .compactMap { $0.hasPrefix(Self.prefix) ? Int($0.dropFirst(Self.prefix.count)) : nil }
      .sorted()
  }

  /// Writes a checkpoint; it appears when it is whole.
  ///
  /// - Throws: `FileError` where it cannot be written; `TorchError`.
  func save(
    _ retriever: Retriever,
    _ optimizer: AdamW,
    _ state: TrainerState,
    identity: [(name: String, value: String)]
  ) throws {
    guard !Folder.exists(path(state.step)) else { return }
    try retriever.write(to: path(state.step)) { temporary in
      let moments = optimizer.states.enumerated().flatMap { place, state in
        [("first.\(place)", state.first), ("second.\(place)", state.second)]
      }
      try TensorFile.write(moments, to: temporary + "/" + Self.momentFile)
      var file = try AtomicFile(path: temporary + "/" + Self.stateFile)
      try file.write(Array(state.json(identity: identity).indented.utf8))
      try file.commit()
    }
  }

  /// Reads what belongs to the weights of a step, which the model was opened with.
  ///
  /// - Returns: how far the training was.
  /// - Throws: ``TrainingError`` where the training had other data or settings; `FileError`.
  func restore(
    _ step: Int,
    _ optimizer: AdamW,
    identity: [(name: String, value: String)]
  ) throws -> TrainerState {
    let state = try TrainerState(path: path(step) + "/" + Self.stateFile, identity: identity)
    let file = try TensorFile(path: path(step) + "/" + Self.momentFile)
    for (place, state) in optimizer.states.enumerated() {
      try file.read("first.\(place)", into: state.first)
      try file.read("second.\(place)", into: state.second)
    }
    optimizer.restore(steps: state.optimizerSteps)
    return state
  }

  /// Removes the oldest checkpoints.
  ///
  /// - Parameters:
  ///   - count: how many stay.
  ///   - best: the step whose checkpoint stays besides.
  /// - Throws: `FileError` where the folder cannot be read.
  func prune(keeping count: Int, beside best: Int?) throws(FileError) {
    for step in try steps().filter({ $0 != best }).dropLast(count) {
      // What is half removed must not have a checkpoint's name.
      let removed = "\(folder)/.\(Self.prefix)\(step).removed"
      guard unsafe rename(path(step), removed) == 0 else { continue }
      Folder.remove(removed)
    }
  }

  /// Copies the model of a step to the folder itself.
  ///
  /// - Throws: `FileError` where it cannot be written.
  func publish(_ step: Int) throws(FileError) {
    try Folder.copy(path(step), to: folder, except: [Self.stateFile, Self.momentFile])
  }
}
