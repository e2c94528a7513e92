internal import ArgumentParser
internal import Benchmarking
internal import Needletail
internal import Reporting

/// `needle ground-truth`: the true neighbors of some queries, by exact search.
struct GroundTruthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ground-truth",
    abstract: "Finds the true nearest vectors of each query and writes their row numbers.",
    discussion: """
      Ties are broken by row. --distances adds a file with the metric's own value
      for each neighbor: inner product, cosine, or squared distance. --device cuda
      searches on a GPU, with the same answers.

      Example:
        needle ground-truth --vectors base.npy --queries queries.npy --k 100 \\
          --metric cosine --out truth.ivecs --distances truth.fvecs
      """
  )

  @Option(help: ArgumentHelp("The vectors to search.", valueName: "file"))
  var vectors: String

  @Option(help: ArgumentHelp("The queries.", valueName: "file"))
  var queries: String

  @Option(help: "Neighbors per query.")
  var k = 100

  @Option(help: ArgumentHelp("The file to write, .ivecs, .ibin or .npy.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("A file for the scores, .fvecs, .fbin or .npy.", valueName: "file"))
  var distances: String?

  @Option(help: "How vectors are compared: ip (inner product), cosine or l2 (squared).")
  var metric: Metric = .innerProduct

  @OptionGroup var devices: ExactDeviceOptions

  @OptionGroup var threadOption: ThreadOption

  @Flag(help: "Write a report as JSON.")
  var json = false

  func validate() throws { try validateK(k) }

  func run() throws {
    let set = try VectorSet.open(vectors)
    let asked = try VectorSet.open(queries, role: .queries)
    try checkDimension(of: asked, against: set.dimension, of: vectors)
    try checkK(k, count: set.count, of: vectors)
    try checkOutputs(
      [NamedPath("--out", out)] + (distances.map { [NamedPath("--distances", $0)] } ?? []),
      inputs: [NamedPath("--vectors", vectors), NamedPath("--queries", queries)]
    )
    // The endings are checked, too, before the work begins; nothing is left of these.
    _ = try MatrixWriter(out, dimension: k, element: .int32)
    if let distances { _ = try MatrixWriter(distances, dimension: k, element: .float32) }
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let clock = ContinuousClock()
    let started = clock.now
    let exact: any VectorIndex =
      try devices.index(over: set, metric: metric, threads: threadOption.count)
      ?? exactIndex(
        over: set,
        queries: asked.count,
        metric: metric,
        threads: threadOption.count
      )
    let truth = try GroundTruth.compute(
      with: exact,
      queries: asked,
      k: k,
      threads: threadOption.count,
      progress: { progress.show($0) }
    )
    progress.finish()
    try IntegerRows(truth.rows.map { Int($0) }, columns: truth.k).write(to: out)
    if let distances { try FloatRows(truth.scores, columns: truth.k).write(to: distances) }
    try report(asked.count, seconds: (clock.now - started).inSeconds, Observations(exact))
  }

  private func report(_ count: Int, seconds: Double, _ observations: Observations) throws {
    guard json else {
      try StandardOutput.write(
        "\(out): the \(k) true neighbors of \(NumberText.grouped(count)) queries, found in "
          + "\(NumberText.seconds(seconds)) on \(threadOption.count) threads\n"
          + observations.line
      )
      return
    }
    let result = JSONText.object(
      [
        ("path", .text(out)),
        ("distances_path", distances.map { .text($0) } ?? .null),
        ("queries", .integer(count)),
        ("k", .integer(k)),
        ("metric", .text(metric.rawValue)),
        ("threads", .integer(threadOption.count)),
        ("seconds", .real(seconds)),
      ] + observations.json
    )
    try StandardOutput.write(result.written + "\n")
  }
}
