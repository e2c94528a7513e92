internal import ArgumentParser
internal import Needletail
internal import Reporting

/// `needle knn`: the nearest-neighbor graph of a set.
struct KnnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "knn",
    abstract: "Finds the k nearest other vectors of each vector of a file.",
    discussion: """
      Writes one row of k row numbers per vector, counted from 0, nearest first,
      ties by row. A vector is not its own neighbor; a copy of it is. An index of
      the backend ivf is built in memory and searched for all of its own vectors;
      nothing of it is kept. --exact compares all with all instead, on a GPU by
      --device cuda, with the same answers.

      --recall takes the cheapest margin that reaches the recall with 95 %
      confidence, measured on a sample of the vectors. --set sets the search
      parameters of ivf, see 'needle backends ivf'. --distances adds the metric's
      own values, which without --exact are those of the vectors as ivf holds
      them: in half precision where their range permits it.

      Examples:
        needle knn --vectors docs.npy --k 15 --metric cosine --out graph.ivecs
        needle knn --vectors docs.npy --k 64 --metric cosine --recall 0.98 \\
          --out graph.npy --distances similarities.npy
        needle knn --vectors docs.npy --k 64 --exact --device cuda --out graph.npy
      """
  )

  @Option(help: ArgumentHelp("The vectors.", valueName: "file"))
  var vectors: String

  @Option(help: "Neighbors per vector.")
  var k = 10

  @Option(help: ArgumentHelp("The file to write, .ivecs, .ibin or .npy.", valueName: "file"))
  var out: String

  @Option(help: ArgumentHelp("A file for the scores, .fvecs, .fbin or .npy.", valueName: "file"))
  var distances: String?

  @Option(help: "How vectors are compared: ip (inner product), cosine or l2 (squared).")
  var metric: Metric = .innerProduct

  @Flag(help: "Compare every vector with every other.")
  var exact = false

  @Option(help: ArgumentHelp("The recall to reach.", valueName: "share"))
  var recall: Double?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Search parameters of ivf: margin=3.", valueName: "name=value,…")
  )
  var settings: [String] = []

  @OptionGroup var devices: ExactDeviceOptions

  @OptionGroup var threadOption: ThreadOption

  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 42

  @Flag(help: "Write a report as JSON.")
  var json = false

  func validate() throws {
    try validateK(k)
    let given = [
      exact ? "--exact" : nil, recall == nil ? nil : "--recall", settings.isEmpty ? nil : "--set",
    ].compactMap { $0 }
    guard given.count < 2 else {
      throw ValidationError("\(given[0]) and \(given[1]) exclude each other; give one")
    }
    guard exact || devices.device == "cpu" else {
      throw ValidationError(
        "--device \(devices.device) is for exact search; give --exact as well"
      )
    }
  }

  private func method() throws -> NeighborMethod {
    if exact { return .exact }
    if let recall { return .recall(recall) }
    return .lists(try Parameters(parsing: settings.joined(separator: ",")))
  }

  func run() throws {
    let set = try VectorSet.open(vectors)
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let search = try SelfSearch(
      of: set,
      k: k,
      metric: metric,
      by: method(),
      threads: threadOption.count,
      seed: seed,
      progress: { progress.show($0) },
      exactIndex: devices.maker(threads: threadOption.count)
    )
    try checkOutputs(
      [NamedPath("--out", out)] + (distances.map { [NamedPath("--distances", $0)] } ?? []),
      inputs: [NamedPath("--vectors", vectors)]
    )
    // The endings are checked, too, before the work begins; nothing is left of these.
    _ = try MatrixWriter(out, dimension: k, element: .int32)
    if let distances { _ = try MatrixWriter(distances, dimension: k, element: .float32) }
    let clock = ContinuousClock()
    let started = clock.now
    let index = try search.build()
    let built = clock.now
    let parameters = try search.setting(for: index)
    let ready = clock.now
    let graph = try search.graph(with: index, parameters, scores: distances != nil)
    let done = clock.now
    progress.finish()
    try graph.write(to: out, scores: distances)
    try report(
      Found(
        count: graph.count,
        index: index,
        parameters: parameters,
        buildSeconds: (built - started).inSeconds,
        tuneSeconds: recall == nil ? nil : (ready - built).inSeconds,
        searchSeconds: (done - ready).inSeconds
      )
    )
  }

  private struct Found {
    let count: Int
    let index: any VectorIndex
    let parameters: Parameters
    let buildSeconds: Double
    let tuneSeconds: Double?
    let searchSeconds: Double
  }

  private func report(_ found: Found) throws {
    let neighbors = Double(found.count * k) / max(found.searchSeconds, 1e-9)
    let summary = found.index.summary
    let observations = Observations(found.index)
    guard json else {
      let tuned = found.tuneSeconds.map { ", tuned in \(NumberText.seconds($0))" } ?? ""
      let setting = found.parameters.entries.isEmpty ? "" : " with \(found.parameters)"
      try StandardOutput.write(
        """
        \(out): \(exact ? "the" : "about the") \(k) nearest others of \
        \(NumberText.grouped(found.count)) vectors, \(metric.rawValue)
        \(summary.spec) built in \(NumberText.seconds(found.buildSeconds))\(tuned), \
        searched in \(NumberText.seconds(found.searchSeconds))\(setting) on \
        \(threadOption.count) threads: \(NumberText.rate(neighbors)) neighbors/s
        \(observations.line)
        """
      )
      return
    }
    let result = JSONText.object(
      [
        ("path", .text(out)),
        ("distances_path", distances.map { .text($0) } ?? .null),
        ("count", .integer(found.count)),
        ("k", .integer(k)),
        ("metric", .text(metric.rawValue)),
        ("spec", .text(summary.spec)),
        ("parameters", found.parameters.json),
        ("exact", .flag(exact)),
        ("seed", .unsigned(seed)),
        ("threads", .integer(threadOption.count)),
        ("build_s", .real(found.buildSeconds)),
        ("tune_s", found.tuneSeconds.map { .real($0) } ?? .null),
        ("search_s", .real(found.searchSeconds)),
        ("neighbors_per_s", .real(neighbors)),
      ] + observations.json
    )
    try StandardOutput.write(result.written + "\n")
  }
}

extension NeighborGraph {
  /// Vectors whose neighbors are converted together.
  private static let block = 8_192

  /// Writes the rows, and the scores where they are wanted, block by block.
  fileprivate func write(to path: String, scores scorePath: String?) throws {
    let writer = try MatrixWriter(path, dimension: k, element: .int32)
    for block in blocks {
      let numbers = block.map { Int(rows[$0]) }
      try writer.append(numbers.span)
    }
    try writer.finish()
    guard let scorePath, let scores else { return }
    let scoreWriter = try MatrixWriter(scorePath, dimension: k, element: .float32)
    for block in blocks {
      let values = block.map { scores[$0] }
      try scoreWriter.append(values.span)
    }
    try scoreWriter.finish()
  }

  /// The places of the rows that are converted together.
  private var blocks: [Range<Int>] {
    let step = Self.block * k
    return stride(from: 0, to: rows.count, by: step).map { $0..<min($0 + step, rows.count) }
  }
}
