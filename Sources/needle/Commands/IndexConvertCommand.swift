internal import ArgumentParser
internal import Needletail
internal import Reporting

/// `needle index convert`: a graph from a GPU, made one that is searched without.
struct IndexConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Makes an hnsw index of a cuvs-cagra index, to be searched without a GPU.",
    discussion: """
      The vectors, ids, attributes and metric are those of the index. Its links
      take the place of the search for the nearest neighbors; they are pruned,
      completed and laid out as always. No GPU is needed. The same index and seed
      give the same file for any number of threads.

      A recall curve is not taken over: it was measured on the other index. With
      --recall the new one is tuned, with --tuning-queries or with vectors that
      are held out of a second build, which does search.

      A graph that was built by other programs is taken by 'needle index build
      --neighbors'.

      Examples:
        needle index convert docs.cagra.needle --out docs.needle
        needle index convert docs.cagra.needle --backend hnsw:layout=slim \\
          --recall 0.95 --tuning-queries questions.npy --out docs.needle
      """
  )

  @Argument(help: ArgumentHelp("The index file of cuvs-cagra.", valueName: "index"))
  var path: String

  @Option(
    help: ArgumentHelp(
      "The kind of index to make, hnsw with or without parameters: hnsw:M=32.",
      valueName: "spec"
    )
  )
  var backend = "hnsw"

  @Option(help: ArgumentHelp("The index file to write.", valueName: "index"))
  var out: String

  @OptionGroup var tuning: TuningOptions

  @OptionGroup var threadOption: ThreadOption

  @OptionGroup var memoryLimit: MemoryLimitOption

  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 42

  @Flag(help: "Compress the file with LZ4; it is decompressed into memory when opened.")
  var compress = false

  @Flag(help: "Write the report as JSON.")
  var json = false

  func run() throws {
    let specification = try IndexSpecification(parsing: backend)
    let source = try openIndex(path)
    let conversion = try Conversion(of: source)
    try checkOutputs(
      [NamedPath("--out", out)],
      inputs: [
        NamedPath("the index", path),
        tuning.tuningQueries.map { NamedPath("--tuning-queries", $0) },
      ]
    )
    let queries = try tuning.openQueries(vectors: conversion.vectors, metric: conversion.metric)
    let tunes = try tuning.check(specification.backend, mayBeExact: false)
    let memory = try conversion.memory(
      specification,
      tuning: tunes ? tuning.source(queries) : nil,
      threads: threadOption.count
    )
    try memoryLimit.check("converting \(path)", takes: memory?.peakBytes) { _ in
      "allow more, or use \(memory?.remedy ?? "another layout")"
    }
    try convert(conversion, to: specification, queries, model: source.summary.model)
  }

  /// Builds, tunes and writes the index, and reports.
  private func convert(
    _ conversion: Conversion,
    to specification: IndexSpecification,
    _ queries: VectorSet?,
    model: String?
  ) throws {
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let phases = PhaseTimes()
    phases.prepare()
    let clock = ContinuousClock()
    let started = clock.now
    let plain = try conversion.index(
      specification,
      threads: threadOption.count,
      seed: seed,
      progress: {
        phases.note($0)
        progress.show($0)
      }
    )
    let built = clock.now
    let index = try tuning.tune(
      plain,
      over: conversion.vectors,
      queries: queries,
      threads: threadOption.count,
      progress: {
        phases.note($0)
        progress.show($0)
      }
    )
    let ready = clock.now
    phases.pause()
    progress.finish()
    let file = try index.save(
      to: out,
      compress: compress,
      threads: threadOption.count,
      model: model
    )
    let curve = (index as? TunedIndex)?.curve
    let bare = (plain as? AttributedIndex)?.base ?? plain
    tuning.warn(of: curve)
    try BuildReport(
      path: out,
      threads: threadOption.count,
      isCompressed: compress,
      summary: index.summary,
      reasons: [(bare as? any ExplainedIndex)?.reason ?? ""],
      curve: curve,
      phases: phases,
      file: file,
      buildSeconds: (built - started).inSeconds,
      tuneSeconds: (ready - built).inSeconds,
      writeSeconds: (clock.now - ready).inSeconds
    ).write(json: json)
  }
}
