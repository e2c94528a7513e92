internal import ArgumentParser
internal import Benchmarking
internal import Needletail

/// `needle index build`: vectors in, one index file out.
struct IndexBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Builds an index over the vectors of a file.",
    discussion: """
      The same vectors, parameters and seed give the same index for any number of
      threads; only faiss-hnsw does not promise that. The file appears whole under
      its name or not at all; one that was there before is replaced.

      With --recall the index is tuned: queries are searched at each setting of
      the backend's search parameter and compared with exact search. The curve of
      recall by setting is stored, and 'needle search' takes the cheapest setting
      that reaches the recall with 95 % confidence. The queries are a sample of
      the vectors, held out of a second index that is built for this alone. Where
      other queries are to come, such as questions against documents, tune with
      some of those: they are harder, and need no second build.

      --dry-run says how large the file will be and how much memory it takes to
      build and to search it, and builds nothing.

      Examples:
        needle index build --vectors base.fvecs --metric l2 --backend hnsw \\
          --out base.needle
        needle index build --vectors docs.npy --ids docs.ids --metric cosine \\
          --backend hnsw:M=32,efConstruction=200 --out docs.needle --compress
        needle index build --vectors docs.npy --metric cosine --backend hnsw \\
          --recall 0.95 --recall-k 10,100 --tuning-queries questions.npy \\
          --out docs.needle
        needle index build --vectors docs.npy --backend ivf --out docs.needle \\
          --dry-run
      """
  )

  @Option(help: ArgumentHelp("The vectors to index.", valueName: "file"))
  var vectors: String

  @Option(
    help: ArgumentHelp(
      "The kind of index, with parameters: hnsw:M=32. See 'needle backends'.",
      valueName: "spec"
    )
  )
  var backend: String

  @Option(help: ArgumentHelp("The index file to write.", valueName: "index"))
  var out: String

  @Option(help: "How vectors are compared: ip (inner product), cosine or l2 (squared).")
  var metric: Metric = .innerProduct

  @Option(
    help: ArgumentHelp(
      "One id per vector, an unsigned number a line (default: row numbers).",
      valueName: "file"
    )
  )
  var ids: String?

  @OptionGroup var tuning: TuningOptions

  @OptionGroup var threadOption: ThreadOption

  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 42

  @Flag(help: "Compress the file with LZ4; it is decompressed into memory when opened.")
  var compress = false

  @Flag(help: "Print the size of the index and the memory that it takes, and stop.")
  var dryRun = false

  @Flag(help: "Write the report as JSON.")
  var json = false

  func run() throws {
    let specification = try IndexSpecification(parsing: backend)
    let set = try VectorSet.open(vectors, ids: ids)
    try checkOutputs(
      [NamedPath("--out", out)],
      inputs: [
        NamedPath("--vectors", vectors), ids.map { NamedPath("--ids", $0) },
        tuning.tuningQueries.map { NamedPath("--tuning-queries", $0) },
      ]
    )
    let queries = try tuning.check(specification.backend, vectors: set, metric: metric)
    let plan = try plan(specification, set, queries)
    plan.warn()
    guard !dryRun else {
      try StandardOutput.write(json ? plan.json(out).written + "\n" : plan.text(out))
      return
    }
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let options = BuildOptions(
      metric: metric,
      threads: threadOption.count,
      seed: seed,
      progress: { progress.show($0) }
    )
    let clock = ContinuousClock()
    let started = clock.now
    let index = try specification.backend.makeIndex(
      over: set,
      parameters: specification.parameters,
      options: options
    )
    let built = clock.now
    let final = try tuning.tune(
      index,
      over: set,
      queries: queries,
      threads: threadOption.count,
      progress: { progress.show($0) }
    )
    let ready = clock.now
    progress.finish()
    let report = try final.save(to: out, compress: compress, threads: threadOption.count)
    try show(
      Built(
        summary: index.summary,
        curve: (final as? TunedIndex)?.curve,
        report: report,
        buildSeconds: (built - started).inSeconds,
        tuneSeconds: (ready - built).inSeconds,
        writeSeconds: (clock.now - ready).inSeconds
      )
    )
  }

  private func plan(
    _ specification: IndexSpecification,
    _ set: VectorSet,
    _ queries: VectorSet?
  ) throws -> BuildPlan {
    BuildPlan(
      spec: specification.description,
      metric: metric,
      count: set.count,
      dimension: set.dimension,
      threads: threadOption.count,
      memory: try specification.memory(
        over: set,
        metric: metric,
        tuning: tuning.source(queries),
        threads: threadOption.count
      )
    )
  }

  private struct Built {
    let summary: IndexSummary
    let curve: RecallCurve?
    let report: IndexFileReport
    let buildSeconds: Double
    let tuneSeconds: Double
    let writeSeconds: Double

    var bytesPerVector: Double { Double(report.fileBytes) / Double(summary.count) }
  }

  private func show(_ built: Built) throws {
    tuning.warn(of: built.curve)
    let report = built.report
    guard json else {
      let saved =
        compress ? ", \(NumberText.bytes(report.savedBytes)) saved by compression" : ""
      let tuned = built.curve == nil ? "" : "tuned in \(NumberText.seconds(built.tuneSeconds)), "
      try StandardOutput.write(
        """
        \(out): \(built.summary.spec), \(built.summary.metric.rawValue), \
        \(NumberText.grouped(built.summary.count)) x \(built.summary.dimension)
        built in \(NumberText.seconds(built.buildSeconds)) on \(threadOption.count) threads, \
        \(tuned)written in \(NumberText.seconds(built.writeSeconds))
        \(NumberText.bytes(report.fileBytes)), \(NumberText.fixed(built.bytesPerVector, 1)) bytes per \
        vector\(saved)
        \(built.curve?.choices ?? "")
        """
      )
      return
    }
    let members: [(name: String, value: JSONText)] = [
      ("path", .text(out)),
      ("threads", .integer(threadOption.count)),
      ("build_s", .real(built.buildSeconds)),
      ("tune_s", built.curve == nil ? .null : .real(built.tuneSeconds)),
      ("write_s", .real(built.writeSeconds)),
      ("peak_bytes", ProcessMemory.peak.map { .integer($0) } ?? .null),
      ("file_bytes", .integer(report.fileBytes)),
      ("saved_bytes", .integer(report.savedBytes)),
      ("bytes_per_vector", .real(built.bytesPerVector)),
      ("recall_curve", built.curve?.json ?? .null),
    ]
    try StandardOutput.write(JSONText.object(built.summary.members + members).written + "\n")
  }
}

extension IndexSummary {
  /// What the index is and holds, as members of a JSON object.
  var members: [(name: String, value: JSONText)] {
    [
      ("backend", .text(backend)),
      ("spec", .text(spec)),
      ("parameters", parameters.json),
      ("metric", .text(metric.rawValue)),
      ("count", .integer(count)),
      ("dimension", .integer(dimension)),
      ("seed", .unsigned(seed)),
    ]
  }
}
