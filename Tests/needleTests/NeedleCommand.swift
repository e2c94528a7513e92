import Foundation
import Needletail
import TestSupport
import Testing

/// What a run of the command left: its exit code and both streams.
struct CommandResult: Sendable {
  let code: Int32
  let output: String
  let errors: String

  /// The lines that report a failure.
  var failures: [String] {
    errors.split(separator: "\n").filter { $0.hasPrefix("needle: ") }.map { String($0) }
  }

  /// The standard output as JSON.
  func json() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
  }
}

/// The real binary, which the build put beside the tests.
enum NeedleCommand {
  static let path: String = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    return bundle.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/needle"
  }()

  /// Runs `needle` to its end.
  static func run(_ arguments: String...) throws -> CommandResult {
    try launch(path, arguments)
  }

  /// Runs `needle` with options given as pairs, so that a test can change one of them.
  static func run(
    _ command: [String],
    _ options: KeyValuePairs<String, String>,
    _ flags: String...
  ) throws -> CommandResult {
    try launch(path, command + options.flatMap { [$0.key, $0.value] } + flags)
  }

  /// Runs a line of shell in which `$needle` is the command.
  static func shell(_ line: String, in folder: TemporaryFolder) throws -> CommandResult {
    try launch("/bin/bash", ["-c", line], folder: folder.path)
  }

  private static func launch(
    _ executable: String,
    _ arguments: [String],
    folder: String? = nil
  ) throws -> CommandResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["needle": path]) { $1 }
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    // Files take any amount of text, where a pipe would stop the process when it is full.
    let streams = try TemporaryFolder()
    let output = try handle(streams.file("output", []))
    let errors = try handle(streams.file("errors", []))
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    // A signal is no exit code: a trap must not look like one.
    let code = process.terminationReason == .exit ? process.terminationStatus : -1
    return CommandResult(
      code: code,
      output: try streams.text("output"),
      errors: try streams.text("errors")
    )
  }

  private static func handle(_ path: String) throws -> FileHandle {
    try #require(FileHandle(forWritingAtPath: path))
  }
}

/// Checks that a run failed as it should: the exit code, and one line that holds all of `parts`.
func expectFailure(
  _ result: CommandResult,
  _ kind: FailureKind,
  _ parts: String...,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(result.code == kind.rawValue, "\(result.errors)", sourceLocation: sourceLocation)
  #expect(result.output.isEmpty, sourceLocation: sourceLocation)
  #expect(result.failures.count == 1, "\(result.errors)", sourceLocation: sourceLocation)
  #expect(
    result.errors.split(separator: "\n").count == 1,
    "\(result.errors)",
    sourceLocation: sourceLocation
  )
  for part in parts {
    #expect(
      result.failures.first?.contains(part) == true,
      "'\(part)' is missing in: \(result.errors)",
      sourceLocation: sourceLocation
    )
  }
}

extension TemporaryFolder {
  /// Writes vectors drawn from a seed to a file.
  func vectors(_ name: String, count: Int, dimension: Int = 8, seed: UInt64 = 1) throws -> String {
    let values = seededValues(count: count, dimension: dimension, seed: seed)
    try FloatRows(values, columns: dimension).write(to: path(name))
    return path(name)
  }

  /// Writes values to a file of vectors.
  func vectors(_ name: String, _ values: [Float], dimension: Int) throws -> String {
    try FloatRows(values, columns: dimension).write(to: path(name))
    return path(name)
  }

  /// Builds an index over vectors drawn from a seed.
  func index(
    _ name: String = "index",
    _ specification: String = "flat",
    count: Int = 60,
    dimension: Int = 8,
    metric: Metric = .cosine
  ) throws -> String {
    let set = seededVectors(count: count, dimension: dimension, seed: 1)
    try buildIndex(over: set, specification, metric: metric).save(to: path(name))
    return path(name)
  }
}
