internal import ArgumentParser
internal import Benchmarking
internal import Reporting
internal import TrainingData
internal import VectorCore

/// `needle prepare corpus`: paragraphs and titles in, a corpus out.
struct PrepareCorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus",
    abstract: "Joins paragraphs and titles into a corpus.",
    discussion: """
      The files have lines 'id<TAB>text' and 'id<TAB>title', in any order, and may
      be packed with gzip; further columns are dropped. The corpus has a line
      'id<TAB>title<TAB>text' for every paragraph, with an empty title where there
      is none. Titles without a paragraph are counted and left out. An id that
      stands twice in a file is an error.

      Lines are ordered by id: decimal integers by their values, behind them all
      other ids in the order of their bytes. With decimal ids the corpus is, byte
      for byte, what 'join' and 'sort -n' make of it in the locale C.

      Examples:
        needle prepare corpus --paragraphs para.txt --titles para.title.txt \\
          --out corpus.tsv
        needle prepare corpus --paragraphs para.txt.gz --titles para.title.txt.gz \\
          --max-memory 4G --tmp-dir /tmp --out corpus.tsv
      """
  )

  @Option(help: ArgumentHelp("The texts of the passages.", valueName: "file"))
  var paragraphs: String

  @Option(help: ArgumentHelp("The titles of the passages.", valueName: "file"))
  var titles: String

  @Option(help: ArgumentHelp("The corpus to write.", valueName: "file"))
  var out: String

  @OptionGroup var sorting: SortOptions

  @Flag(help: "Write a report as JSON.")
  var json = false

  func run() throws {
    try checkOutputs(
      [NamedPath("--out", out)],
      inputs: [NamedPath("--paragraphs", paragraphs), NamedPath("--titles", titles)]
    )
    let started = ContinuousClock.now
    let join = CorpusJoin(paragraphs: paragraphs, titles: titles)
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let counts = try join.write(to: out, in: sorting.space(besides: out)) { progress.show($0) }
    progress.finish()
    let seconds = (ContinuousClock.now - started).inSeconds
    if let first = counts.firstTitleWithoutParagraph {
      StandardError.write(
        "needle: warning: \(titles): \(NumberText.grouped(counts.titlesWithoutParagraph)) titles "
          + "have no paragraph in \(paragraphs), the first that of id '\(first)'\n"
      )
    }
    try StandardOutput.write(json ? report(counts, seconds).written + "\n" : text(counts, seconds))
  }

  private func text(_ counts: CorpusJoin.Counts, _ seconds: Double) -> String {
    "\(out): \(NumberText.grouped(counts.paragraphs)) passages, "
      + "\(NumberText.grouped(counts.titled)) with a title, in \(NumberText.seconds(seconds))\n"
  }

  private func report(_ counts: CorpusJoin.Counts, _ seconds: Double) -> JSONText {
    .object([
      ("path", .text(out)),
      ("paragraphs", .integer(counts.paragraphs)),
      ("titled", .integer(counts.titled)),
      ("titles_without_paragraph", .integer(counts.titlesWithoutParagraph)),
      ("temporary_runs", .integer(counts.temporaryRuns)),
      ("seconds", .real(seconds)),
      ("peak_bytes", ProcessMemory.peak.map { .integer($0) } ?? .null),
    ])
  }
}
