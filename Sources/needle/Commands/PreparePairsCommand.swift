internal import ArgumentParser
internal import Benchmarking
internal import Needletail
internal import Reporting
internal import Retrieval
internal import TrainingData
internal import VectorCore

/// `needle prepare pairs`: judgments of a corpus alone.
struct PreparePairsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pairs",
    abstract: "Makes judgments of a corpus alone, to train on before there are queries.",
    discussion: """
      Every passage becomes relevant to the query of its own id: lines 'id<TAB>0<TAB>
      id<TAB>1' without blanks, in the order of the corpus. 'needle prepare train'
      makes records of them, with the corpus as the queries too and templates that
      take different fields: a passage's text is the query, its title the passage.
      A model that is trained on these pairs first knows the words of the corpus.

      Passages that lack one of --fields are left out. --sample keeps as many of the
      others, drawn evenly.

      Examples:
        needle prepare pairs --corpus corpus.tsv --out pairs.tsv
        needle prepare train --qrels pairs.tsv --queries corpus.tsv \\
          --query-columns id,title,text --query-template '<text>' \\
          --corpus corpus.tsv --doc-template '<title>' --tokenizer t5-base \\
          --out pairs
        needle train --model t5-base --train-dir pairs --train-n-passages 1 \\
          --batch-size 256 --out stage0
      """
  )

  @Option(help: ArgumentHelp("The passages: a file, or a BEIR directory.", valueName: "path"))
  var corpus: String

  @OptionGroup var columns: CorpusColumns

  @Option(help: ArgumentHelp("The fields that a passage must have.", valueName: "names"))
  var fields = "title,text"

  @OptionGroup var bytes: InvalidBytesOption

  @Option(help: ArgumentHelp("Keep as many passages (default: all).", valueName: "n"))
  var sample: Int?

  @Option(help: "The seed of the draw of --sample.")
  var seed: UInt64 = 42

  @Option(help: ArgumentHelp("The judgments to write.", valueName: "file"))
  var out: String

  @Flag(help: "Write a report as JSON.")
  var json = false

  func validate() throws {
    if let sample, sample < 1 {
      throw ValidationError("--sample \(sample) is not allowed; it is at least 1")
    }
    let names = fields.split(separator: ",", omittingEmptySubsequences: false)
    guard names.count > 1, !names.contains(""), Set(names).count == names.count else {
      throw ValidationError(
        "--fields '\(fields)' is not allowed; it is two names or more, as in title,text"
      )
    }
  }

  func run() throws {
    let file = try TextFile(corpus, role: .corpus)
    try checkOutputs([NamedPath("--out", out)], inputs: [NamedPath("--corpus", file.path)])
    let layout = try TextLayout(
      of: file,
      columns: columns.docColumns,
      asked: fields.split(separator: ",").map { "<\($0)>" }.joined(separator: " "),
      stored: nil,
      invalidUTF8: bytes.invalidUTF8
    )
    let started = ContinuousClock.now
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let pairs = PassagePairs(file, layout: layout, sample: sample, seed: seed)
    let counts = try pairs.write(to: out) { progress.show($0) }
    progress.finish()
    if counts.replaced > 0 {
      let count = NumberText.grouped(counts.replaced)
      StandardError.write("needle: warning: \(file.path): \(count) \(TextCounts.repaired)\n")
    }
    let seconds = (ContinuousClock.now - started).inSeconds
    try StandardOutput.write(json ? report(counts, seconds).written + "\n" : text(counts, seconds))
  }

  private func text(_ counts: PassagePairs.Counts, _ seconds: Double) -> String {
    let lacking =
      counts.lacking == 0
      ? "" : ", \(NumberText.grouped(counts.lacking)) of which lack a field"
    return "\(out): \(NumberText.grouped(counts.pairs)) pairs of "
      + "\(NumberText.grouped(counts.passages)) passages\(lacking), "
      + "in \(NumberText.seconds(seconds))\n"
  }

  private func report(_ counts: PassagePairs.Counts, _ seconds: Double) -> JSONText {
    .object([
      ("path", .text(out)),
      ("passages", .integer(counts.passages)),
      ("passages_lacking_fields", .integer(counts.lacking)),
      ("repaired_lines", .integer(counts.replaced)),
      ("pairs", .integer(counts.pairs)),
      ("seconds", .real(seconds)),
    ])
  }
}
