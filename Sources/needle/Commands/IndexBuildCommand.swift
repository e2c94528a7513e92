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

      Examples:
        needle index build --vectors base.fvecs --metric l2 --backend hnsw \\
          --out base.needle
        needle index build --vectors docs.npy --ids docs.ids --metric cosine \\
          --backend hnsw:M=32,efConstruction=200 --out docs.needle --compress
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

  @OptionGroup var threadOption: ThreadOption

  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 42

  @Flag(help: "Compress the file with LZ4; it is decompressed into memory when opened.")
  var compress = false

  @Flag(help: "Write the report as JSON.")
  var json = false

  func run() throws {
    let specification = try IndexSpecification(parsing: backend)
    let set = try VectorSet.open(vectors, ids: ids)
    try checkOutputs(
      [NamedPath("--out", out)],
      inputs: [NamedPath("--vectors", vectors), ids.map { NamedPath("--ids", $0) }]
    )
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
    progress.finish()
    let report = try index.save(to: out, compress: compress, threads: threadOption.count)
    try show(
      Built(
        summary: index.summary,
        report: report,
        buildSeconds: (built - started).inSeconds,
        writeSeconds: (clock.now - built).inSeconds
      )
    )
  }

  private struct Built {
    let summary: IndexSummary
    let report: IndexFileReport
    let buildSeconds: Double
    let writeSeconds: Double

    var bytesPerVector: Double { Double(report.fileBytes) / Double(summary.count) }
  }

  private func show(_ built: Built) throws {
    let report = built.report
    guard json else {
      let saved =
        compress ? ", \(NumberText.bytes(report.savedBytes)) saved by compression" : ""
      try StandardOutput.write(
        """
        \(out): \(built.summary.spec), \(built.summary.metric.rawValue), \
        \(NumberText.grouped(built.summary.count)) x \(built.summary.dimension)
        built in \(NumberText.seconds(built.buildSeconds)) on \(threadOption.count) threads, \
        written in \(NumberText.seconds(built.writeSeconds))
        \(NumberText.bytes(report.fileBytes)), \(NumberText.fixed(built.bytesPerVector, 1)) bytes per \
        vector\(saved)

        """
      )
      return
    }
    let members: [(name: String, value: JSONText)] = [
      ("path", .text(out)),
      ("threads", .integer(threadOption.count)),
      ("build_s", .real(built.buildSeconds)),
      ("write_s", .real(built.writeSeconds)),
      ("file_bytes", .integer(report.fileBytes)),
      ("saved_bytes", .integer(report.savedBytes)),
      ("bytes_per_vector", .real(built.bytesPerVector)),
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
