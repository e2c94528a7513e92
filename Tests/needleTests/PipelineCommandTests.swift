import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct PipelineCommandTests {
  /// Three steps: two that prepare files, one that evaluates a run.
  private let pipeline = """
    {"name": "small",
     "variables": {"data": ".", "work": "${data}/out", "sample": "2"},
     "steps": [
       {"name": "corpus",
        "run": ["prepare", "corpus", "--paragraphs", "${data}/para.txt", "--titles",
                "${data}/title.txt", "--out", "${work}/deep/corpus.tsv"],
        "inputs": ["${data}/para.txt", "${data}/title.txt"],
        "outputs": ["${work}/deep/corpus.tsv"]},
       {"name": "negatives",
        "run": ["prepare", "negatives", "--triples", "${work}/deep/corpus.tsv", "--sample",
                "${sample}", "--out", "${work}/negatives.tsv"],
        "inputs": ["${work}/deep/corpus.tsv"],
        "outputs": ["${work}/negatives.tsv"]},
       {"name": "evaluate",
        "run": ["evaluate", "-m", "mrr.10", "qrels", "run.trec"],
        "inputs": ["qrels", "run.trec"],
        "stdout": "${work}/figures.txt"}]}
    """

  private func files() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("small.json", Array(pipeline.utf8))
    try folder.file("para.txt", Array("2\tb\n1\ta\n".utf8))
    try folder.file("title.txt", Array("2\tB\n1\tA\n".utf8))
    try folder.file("qrels", Array("1 0 a 1\n".utf8))
    try folder.file("run.trec", Array("1 Q0 b 1 0.9 t\n1 Q0 a 2 0.8 t\n".utf8))
    return folder
  }

  private func run(_ options: String = "", in folder: TemporaryFolder) throws -> CommandResult {
    try NeedleCommand.shell("\"$needle\" pipeline small.json \(options)", in: folder)
  }

  /// The status of each step, by a report.
  private func statuses(_ options: String = "", in folder: TemporaryFolder) throws -> [String] {
    try steps(options, in: folder).map { try #require($0["status"] as? String) }
  }

  private func steps(
    _ options: String = "",
    in folder: TemporaryFolder
  ) throws -> [[String: Any]] {
    let result = try run(options + " --json", in: folder)
    #expect(result.code == 0, "\(result.errors)")
    return try #require(try result.json()["steps"] as? [[String: Any]])
  }

  /// Removes the time, which differs.
  private func timeless(_ text: String) -> String {
    text.replacing(/in [0-9.]+ (ms|s|µs)/, with: "in TIME")
  }

  // MARK: What runs

  @Test func everyStepRunsOnceOnly() throws {
    let folder = try files()
    let first = try run(in: folder)
    #expect(first.code == 0, "\(first.errors)")
    #expect(
      first.failures == [
        "needle: step 1 of 3, corpus: runs: it has not run",
        "needle: step 2 of 3, negatives: runs: it has not run",
        "needle: step 3 of 3, evaluate: runs: it has not run",
      ]
    )
    #expect(first.output.contains("mrr_10                   all     0.5000\n"))
    #expect(timeless(first.output).hasSuffix("\nsmall: 3 steps run in TIME, 0 unchanged\n"))
    #expect(try folder.text("out/deep/corpus.tsv") == "1\tA\ta\n2\tB\tb\n")
    #expect(try folder.text("out/negatives.tsv") == "1\ta\n2\tb\n")
    #expect(try folder.text("out/figures.txt") == "mrr_10                   all     0.5000\n")

    let second = try run(in: folder)
    #expect(timeless(second.output) == "small: 0 steps run in TIME, 3 unchanged\n")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).count == 3)
  }

  @Test func changedContentRunsWhatReadsIt() throws {
    let folder = try files()
    #expect(try statuses(in: folder) == ["run", "run", "run"])
    // Another time alone changes nothing.
    try folder.file("para.txt", Array("2\tb\n1\ta\n".utf8))
    #expect(try statuses(in: folder) == ["unchanged", "unchanged", "unchanged"])
    try folder.file("para.txt", Array("2\tb\n1\tc\n".utf8))
    let again = try steps(in: folder)
    #expect(again.map { $0["status"] as? String } == ["run", "run", "unchanged"])
    #expect(again[0]["reason"] as? String == "its input ./para.txt has changed")
    #expect(again[1]["reason"] as? String == "its input ./out/deep/corpus.tsv has changed")
    #expect(try folder.text("out/negatives.tsv") == "1\tc\n2\tb\n")
  }

  @Test func aResultThatIsTheSameStopsTheChange() throws {
    let folder = try files()
    _ = try statuses(in: folder)
    // Another order of lines, the same corpus.
    try folder.file("para.txt", Array("1\ta\n2\tb\n".utf8))
    #expect(try statuses(in: folder) == ["run", "unchanged", "unchanged"])
  }

  @Test func changedCommandsAndOutputsRunAgain() throws {
    let folder = try files()
    _ = try statuses(in: folder)
    let other = try steps("--set sample=1", in: folder)
    #expect(other.map { $0["status"] as? String } == ["unchanged", "run", "unchanged"])
    #expect(other[1]["reason"] as? String == "its command has changed")
    try folder.file("out/negatives.tsv", Array("edited".utf8))
    try FileManager.default.removeItem(atPath: folder.path("out/figures.txt"))
    let repaired = try steps("--set sample=1", in: folder)
    #expect(repaired[1]["reason"] as? String == "its output ./out/negatives.tsv has changed")
    #expect(repaired[2]["reason"] as? String == "its output ./out/figures.txt is missing")
    #expect(try folder.text("out/negatives.tsv") == "1\ta\n2\tb\n")
  }

  @Test func aDryRunSaysWhatWouldRun() throws {
    let folder = try files()
    let before = try folder.names()
    let plan = try run("--dry-run", in: folder)
    #expect(plan.output.hasPrefix("corpus: would run: it has not run\n  needle prepare corpus "))
    #expect(try folder.names() == before)
    _ = try statuses(in: folder)
    try folder.file("title.txt", Array("1\tX\n".utf8))
    let next = try run("--dry-run", in: folder)
    #expect(
      next.output == """
        corpus: would run: its input ./title.txt has changed
          needle prepare corpus --paragraphs ./para.txt --titles ./title.txt --out \
        ./out/deep/corpus.tsv
        negatives: would run: step 'corpus' writes its input ./out/deep/corpus.tsv
          needle prepare negatives --triples ./out/deep/corpus.tsv --sample 2 --out \
        ./out/negatives.tsv
        evaluate: unchanged

        """
    )
    #expect(try folder.text("out/deep/corpus.tsv") == "1\tA\ta\n2\tB\tb\n")
  }

  @Test func fromRunsAStepAndThoseBehind() throws {
    let folder = try files()
    _ = try statuses(in: folder)
    #expect(try statuses("--from negatives", in: folder) == ["skipped", "run", "run"])
    expectFailure(
      try run("--from nothing", in: folder),
      .usage,
      "--from nothing: there is no such step; there are corpus, negatives, evaluate"
    )
  }

  // MARK: Failures

  @Test func aFailedStepStopsWithItsExitCode() throws {
    let folder = try files()
    try folder.file("title.txt", Array("1\tX\n1\tY\n".utf8))
    let result = try run(in: folder)
    #expect(result.code == FailureKind.badData.rawValue)
    #expect(result.failures.contains { $0.contains("title.txt: line 2: the id '1' stands at") })
    #expect(
      result.failures.last?.hasPrefix(
        "needle: step 'corpus' failed with exit code 65: needle prepare corpus "
      ) == true
    )
    #expect(!FileManager.default.fileExists(atPath: folder.path("out/negatives.tsv")))
    try folder.file("title.txt", Array("1\tX\n2\tY\n".utf8))
    let next = try steps(in: folder)
    #expect(next.map { $0["status"] as? String } == ["run", "run", "run"])
    #expect(next[0]["reason"] as? String == "it was interrupted")
  }

  @Test func theFailedCommandsOutputDoesNotAppear() throws {
    let folder = try files()
    try folder.file("run.trec", Array("1 Q0\n".utf8))
    let result = try run(in: folder)
    #expect(result.code == FailureKind.badData.rawValue)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("out")).sorted()
        == ["deep", "negatives.tsv"]
    )
  }

  @Test func anInputThatIsMissingIsAnError() throws {
    let folder = try files()
    try FileManager.default.removeItem(atPath: folder.path("para.txt"))
    let result = try run(in: folder)
    #expect(result.code == FailureKind.missingInput.rawValue)
    #expect(
      result.failures.last
        == "needle: ./para.txt: is an input of step 'corpus', and is not there; check the path, "
        + "or the steps before"
    )
  }

  @Test func anOutputThatIsNotWrittenIsAnError() throws {
    let folder = try files()
    let wrong = pipeline.replacing(#""outputs": ["${work}/neg"#, with: #""outputs": ["${work}/gen"#)
    try folder.file("small.json", Array(wrong.utf8))
    let result = try run(in: folder)
    #expect(result.code == FailureKind.badData.rawValue)
    #expect(result.failures.last?.contains("./out/genatives.tsv: is an output of step") == true)
  }

  @Test(arguments: [
    (#"{"name": "x", "steps": []}"#, "'steps' is a list of at least one step"),
    (#"{"name": "x", "step": []}"#, "'step' is not known; there are name, variables, steps"),
    (#"{"name": "x", "steps": [{"name": "a", "run": ["knn"]}]}"#, "step 1: 'outputs' or 'stdout'"),
    (
      #"{"name": "x", "steps": [{"name": "a", "run": ["knn"], "outputs": ["${b}"]}]}"#,
      "the variable 'b', which is not known there"
    ),
    (
      #"{"name": "x", "steps": [{"name": "a", "run": ["k"], "outputs": ["${b"]}]}"#,
      "has a '${' without '}'"
    ),
    (#"{"name": "x", "variables": {"a": 1}, "steps": [{}]}"#, "'a' is a number, not a text"),
    (#"{"name": "x", "#, "small.json: byte 15: "),
  ])
  func aFileThatIsNoPipelineIsAnError(text: String, part: String) throws {
    let folder = try files()
    try folder.file("small.json", Array(text.utf8))
    expectFailure(try run(in: folder), .badData, part)
    #expect(try folder.names().filter { $0.contains("state") } == [])
  }

  @Test func anUnknownVariableIsAnError() throws {
    expectFailure(
      try run("--set simple=3", in: files()),
      .usage,
      "--set simple: small.json has no such variable; it has data, work, sample"
    )
  }

  @Test func aDamagedStateIsAnError() throws {
    let folder = try files()
    _ = try statuses(in: folder)
    try folder.file("small.state.json", Array("{}".utf8))
    expectFailure(try run(in: folder), .badData, "small.state.json: is not the state of a pipeline")
  }

  @Test func anInterruptedStepGoesOnWithWhatItsResumeSays() throws {
    let folder = try files()
    let text = """
      {"name": "r", "variables": {"triples": "triples.tsv"}, "steps": [{"name": "a",
        "run": ["prepare", "negatives", "--triples", "${triples}", "--out", "n.tsv",
                "--max-memory", "1K"],
        "resume": ["--max-memory", "1M"], "inputs": ["${triples}"], "outputs": ["n.tsv"]}]}
      """
    try folder.file("small.json", Array(text.utf8))
    for name in ["triples.tsv", "other.tsv"] {
      try folder.file(name, Array("1\t2\t3\n".utf8))
    }
    #expect(try run(in: folder).code == FailureKind.usage.rawValue)
    // Another command does not go on, it begins.
    #expect(try run("--set triples=other.tsv", in: folder).code == FailureKind.usage.rawValue)
    #expect(try statuses("--set triples=other.tsv", in: folder) == ["run"])
    #expect(try statuses("--set triples=other.tsv", in: folder) == ["unchanged"])
    #expect(try folder.text("n.tsv") == "1\t3\n")
  }

  // MARK: Folders

  @Test func foldersAreSetAsideBeforeAStepRunsAnew() throws {
    let folder = try files()
    let text = """
      {"name": "f", "steps": [{"name": "a",
        "run": ["prepare", "corpus", "--paragraphs", "para.txt", "--titles", "title.txt",
                "--out", "out/a/corpus.tsv"],
        "inputs": ["para.txt"], "outputs": ["out/a"]}]}
      """
    try folder.file("small.json", Array(text.utf8))
    try FileManager.default.createDirectory(
      atPath: folder.path("out/a"),
      withIntermediateDirectories: true
    )
    #expect(try statuses(in: folder) == ["run"])
    #expect(try statuses(in: folder) == ["unchanged"])
    try folder.file("out/a/other.txt", [1])
    let result = try run(in: folder)
    #expect(result.errors.contains("needle: out/a is kept as out/a.old\n"))
    // The command makes no folder, as a command that writes one would.
    #expect(result.code == FailureKind.inputOutput.rawValue)
    #expect(try folder.bytes("out/a.old/other.txt") == [1])
  }

  // MARK: Presets

  @Test(arguments: ["msmarco", "revdict"])
  func presetsArePipelinesThatCanBeEdited(preset: String) throws {
    let folder = try TemporaryFolder()
    let printed = try NeedleCommand.run("pipeline", "--preset", preset, "--print")
    #expect(printed.code == 0, "\(printed.errors)")
    try folder.file("mine.json", Array(printed.output.utf8))
    let plans = try ["mine.json", "--preset \(preset)"].map { source in
      try NeedleCommand.shell("\"$needle\" pipeline \(source) --dry-run --json", in: folder)
    }
    #expect(plans[0].code == 0 && plans[0].output == plans[1].output)
    let steps = try #require(try plans[0].json()["steps"] as? [[String: Any]])
    #expect(steps.map { $0["name"] as? String ?? "" }.starts(with: ["corpus", "negatives"]))
    #expect(steps.last?["name"] as? String == "evaluate-2")
  }

  private static func help(_ command: [String]) throws -> String {
    try NeedleCommand.run(["help"] + command, [:]).output
  }

  /// Whether the command that the presets are about is in this build.
  private static let trains =
    (try? help(["train"]).contains("USAGE: needle train")) ?? false

  @Test(.enabled(if: trains, "no 'needle train' in this build"), arguments: ["msmarco", "revdict"])
  func presetsUseOptionsThatExist(preset: String) throws {
    let plan = try NeedleCommand.run("pipeline", "--preset", preset, "--dry-run", "--json").json()
    var unknown: Set<String> = []
    for step in try #require(plan["steps"] as? [[String: Any]]) {
      let words = try #require(step["run"] as? [String])
      let command = Array(words.prefix(["prepare", "index"].contains(words[0]) ? 2 : 1))
      let name = command.joined(separator: " ")
      let help = try Self.help(command)
      #expect(help.contains("USAGE: needle \(name) "))
      let known = Set(help.split { " ,[]\n".contains($0) })
      for option in words where option.hasPrefix("-") && !known.contains(option[...]) {
        unknown.insert("\(name) \(option)")
      }
    }
    #expect(unknown.isEmpty)
  }

  @Test func thePresetHasTheDocumentsNumbers() throws {
    let folder = try TemporaryFolder()
    let line = "\"$needle\" pipeline --preset msmarco --dry-run --set precision="
    let plan = try NeedleCommand.shell(line, in: folder).output
    let training = try #require(plan.split(separator: "\n").first { $0.contains("needle train") })
    for part in [
      "--batch-size 8 ", "--train-n-passages 8 ", "--learning-rate 5e-6 ", "--epochs 3 ",
      "--warmup-ratio 0.1 ", "--query-max-len 32 ", "--passage-max-len 128 ", "--seed 42 ",
      "--save-steps 20000 ", "--eval-steps 20000 --device",
    ] {
      #expect(training.contains(part), "\(part)")
    }
    #expect(plan.contains("--depth 200 --device auto --out marco/needle/train-1.trec"))
    #expect(plan.contains("--model marco/needle/stage-1 --train marco/needle/train-2.jsonl"))
  }
}
