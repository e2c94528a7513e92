internal import ArgumentParser
internal import Benchmarking
internal import Reporting
internal import TrainingData
internal import VectorCore

/// `needle prepare negatives`: triples in, a line of negatives for each query out.
struct PrepareNegativesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "negatives",
    abstract: "Groups triples into a line of negatives for each query.",
    discussion: """
      The file has lines 'query<TAB>positive<TAB>negative' of ids, ended by LF or
      CR LF, and may be packed with gzip. The result has lines 'query<TAB>negative,
      negative,...' without blanks: one for each query, in the order of their first
      triples, the negatives in the order of the file. The triples of a query need
      not stand together; where they do, the result is, byte for byte, that of the
      MS MARCO document's 'awk'. Positives are not looked at: judgments tell them.

      --sample keeps as many negatives of each query, drawn evenly from all of
      them, in their order. The draws depend on the seed and the query alone.

      Examples:
        needle prepare negatives --triples qidpidtriples.train.full.2.tsv.gz \\
          --out train.negatives.tsv
        needle prepare negatives --triples triples.tsv --sample 200 --max-memory 4G \\
          --out train.negatives.tsv
      """
  )

  @Option(help: ArgumentHelp("The triples.", valueName: "file"))
  var triples: String

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("Keep as many negatives of a query (default: all).", valueName: "n"))
  var sample: Int?

  @Option(help: "The seed of the draws of --sample.")
  var seed: UInt64 = 42

  @OptionGroup var sorting: SortOptions

  @Flag(help: "Write a report as JSON.")
  var json = false

  func validate() throws {
    guard let sample, sample < 1 else { return }
    throw ValidationError("--sample \(sample) is not allowed; it is at least 1")
  }

  func run() throws {
    try checkOutputs([NamedPath("--out", out)], inputs: [NamedPath("--triples", triples)])
    let started = ContinuousClock.now
    let groups = NegativeGroups(triples: triples, sample: sample, seed: seed)
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let counts = try groups.write(to: out, in: sorting.space(besides: out)) { progress.show($0) }
    progress.finish()
    let seconds = (ContinuousClock.now - started).inSeconds
    try StandardOutput.write(json ? report(counts, seconds).written + "\n" : text(counts, seconds))
  }

  private func text(_ counts: NegativeGroups.Counts, _ seconds: Double) -> String {
    let scattered =
      counts.scatteredQueries == 0
      ? "" : "; the triples of \(NumberText.grouped(counts.scatteredQueries)) stood apart"
    return "\(out): \(NumberText.grouped(counts.negatives)) negatives of "
      + "\(NumberText.grouped(counts.queries)) queries from "
      + "\(NumberText.grouped(counts.triples)) triples, in \(NumberText.seconds(seconds))"
      + scattered + "\n"
  }

  private func report(_ counts: NegativeGroups.Counts, _ seconds: Double) -> JSONText {
    .object([
      ("path", .text(out)),
      ("triples", .integer(counts.triples)),
      ("queries", .integer(counts.queries)),
      ("negatives", .integer(counts.negatives)),
      ("scattered_queries", .integer(counts.scatteredQueries)),
      ("temporary_runs", .integer(counts.temporaryRuns)),
      ("seconds", .real(seconds)),
      ("peak_bytes", ProcessMemory.peak.map { .integer($0) } ?? .null),
    ])
  }
}
