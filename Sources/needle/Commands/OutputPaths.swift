internal import Glibc
internal import VectorCore

/// A file that a command reads or writes, with the option that names it.
struct NamedPath {
  let option: String
  let path: String

  init(_ option: String, _ path: String) {
    self.option = option
    self.path = path
  }
}

/// Finds out before long work starts whether its result can be written.
///
/// - Throws: ``UsageError`` where an output is also an input or another output;
///   ``VectorCore/FileError`` where a file cannot be created there.
func checkOutputs(_ outputs: [NamedPath], inputs: [NamedPath?]) throws {
  for (place, output) in outputs.enumerated() {
    for other in inputs.compactMap({ $0 }) where isSameFile(output.path, other.path) {
      throw UsageError(
        "\(output.option) \(output.path) is the file of \(other.option); give another name"
      )
    }
    for other in outputs[..<place] where isSameFile(output.path, other.path) {
      throw UsageError(
        "\(output.option) and \(other.option) are both \(output.path); give two names"
      )
    }
    // Creating the temporary file is the one sure test; it is removed at once.
    _ = try AtomicFile(path: output.path)
  }
}

/// Makes sure that a folder is there and can be written to.
///
/// - Returns: whether it had to be created.
/// - Throws: ``VectorCore/FileError``.
func prepareFolder(_ path: String) throws -> Bool {
  let created = unsafe mkdir(path, 0o777) == 0
  if !created {
    let error = SystemError.current()
    guard error.code == EEXIST else { throw error.whileWriting(path) }
  }
  var status = stat()
  guard unsafe stat(path, &status) == 0 else { throw SystemError.current().whileWriting(path) }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    throw FileError(
      .inputOutput,
      path: path,
      reason: "is a file, not a folder",
      remedy: "give the name of a folder, which is created where it is missing"
    )
  }
  _ = try AtomicFile(path: path + "/results.jsonl")
  return created
}

/// Removes a folder that ``prepareFolder(_:)`` created and nothing was written to.
func removeEmptyFolder(_ path: String) { _ = unsafe rmdir(path) }

private func isSameFile(_ left: String, _ right: String) -> Bool {
  if left == right { return true }
  var first = stat()
  var second = stat()
  guard unsafe stat(left, &first) == 0, unsafe stat(right, &second) == 0 else { return false }
  return first.st_dev == second.st_dev && first.st_ino == second.st_ino
}
