internal import ArgumentParser
internal import Glibc
internal import IndexStore
internal import VectorCore

/// The command `needle`.
@main
struct Needle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "needle",
    abstract: "Builds vector indexes, searches them, and measures what the approximation costs.",
    discussion: """
      Start here:
        needle bench --vectors vectors.npy --hold-out 1000 --out report
        needle index build --vectors vectors.npy --backend hnsw --out v.needle
        needle search --index v.needle --queries queries.npy --out run.trec

      Vectors are read from .npy, .fvecs .bvecs .ivecs, .fbin .u8bin .i8bin .ibin,
      and .hdf5 as ann-benchmarks has it. 'needle backends' lists the kinds of
      index and their parameters, 'needle help COMMAND' explains a command.

      Exit codes: 0 done, 64 wrong usage, 65 bad data, 66 missing input,
      70 internal fault, 74 reading or writing failed. An error is one line on the
      standard error.
      """,
    version: needletailVersion,
    subcommands: [
      PrepareCommand.self, TrainCommand.self, HardNegativesCommand.self, EncodeCommand.self,
      IndexCommand.self, SearchCommand.self, KnnCommand.self, GroundTruthCommand.self,
      BenchCommand.self, BackendsCommand.self, EvaluateCommand.self, CompareCommand.self,
      ModelCommand.self, PipelineCommand.self,
    ]
  )

  static func main() {
    // A reader that goes away and a file that grows too large are answers of write(2), not the end
    // of the process.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      leave(after: error)
    }
  }

  /// Reports an error in one line and ends the process with its exit code.
  private static func leave(after error: any Error) -> Never {
    switch error {
    case is StandardOutput.ReaderGone:
      Glibc.exit(0)
    case let error as any NeedletailError:
      StandardError.write("needle: \(error.description.onOneLine)\n")
      Glibc.exit(error.kind.rawValue)
    default:
      leave(afterParsing: error)
    }
  }

  private static func leave(afterParsing error: any Error) -> Never {
    let code = exitCode(for: error)
    guard !code.isSuccess else {
      // Help or the version was asked for.
      do {
        try StandardOutput.write(fullMessage(for: error) + "\n")
      } catch {
        leave(after: error)
      }
      Glibc.exit(0)
    }
    let help = (["needle", "help"] + namedCommands()).joined(separator: " ")
    StandardError.write("needle: \(message(for: error).onOneLine); see '\(help)'\n")
    Glibc.exit(
      code == .validationFailure ? FailureKind.usage.rawValue : FailureKind.internal.rawValue
    )
  }

  /// The subcommands that the arguments name, for pointing at their help.
  private static func namedCommands() -> [String] {
    var names: [String] = []
    var level = configuration.subcommands
    for argument in CommandLine.arguments.dropFirst() {
      guard let next = level.first(where: { $0.configuration.commandName == argument }) else {
        break
      }
      names.append(argument)
      level = next.configuration.subcommands
    }
    return names
  }
}
