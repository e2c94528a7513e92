internal import ArgumentParser
internal import Needletail
internal import Reporting
internal import Retrieval

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

      --backend auto builds flat, ivf and hnsw over a sample, tunes them to the
      recall (default 0.95) and takes the one that should answer the most queries
      a second over the whole set: in batches, or one by one with --for single.
      It depends on the machine; name the specification it prints to get the same
      index again.

      Ids that are all numbers are the index's own. Where some are words, as those
      of a corpus mostly are, searches find them by row and name them in runs.

      --attributes stores values beside the vectors, such as year and language,
      for 'needle search --filter'. A member or column 'id' says whose they are;
      without it lines are in the order of the vectors. A column holds whole
      numbers, numbers or texts, as its values are.

      --dedupe 0.98 leaves out vectors whose score with an earlier one is at least
      0.98 (with l2: at most as distant). They are looked for with an index of the
      same kind, so that flat finds all and others nearly all, and ids stay as they
      are. --duplicates lists them.

      --device cuda finds the nearest neighbors of all vectors, from which hnsw is
      built, exactly and on a GPU. The file is one like any other, the same from any
      GPU, though not the same as without one, whose neighbors are nearly exact.

      With faiss-ivfpq --device cuda trains the cells and encodes the vectors on a
      GPU, where faiss has GPUs; bytes may then differ from run to run.

      --neighbors takes rows near each vector from a file instead: what 'needle
      knn' wrote, or another program's graph, such as cuVS's CAGRA saved with
      numpy. A list may be in any order. The better they are, the better the index.

      --max-memory 4G refuses a build that would take more, and says what would
      fit. --dry-run says how large the file will be and how much memory it takes to
      build and to search it, and builds nothing.

      Examples:
        needle index build --vectors base.fvecs --metric l2 --backend hnsw \\
          --out base.needle
        needle index build --vectors docs.npy --ids docs.ids --metric cosine \\
          --backend hnsw:M=32,efConstruction=200 --out docs.needle --compress
        needle index build --vectors docs.npy --metric cosine --backend hnsw \\
          --recall 0.95 --recall-k 10,100 --tuning-queries questions.npy \\
          --out docs.needle
        needle index build --vectors docs.npy --backend auto --for single \\
          --recall 0.9 --out docs.needle
        needle index build --vectors docs.npy --backend hnsw \\
          --bytes-per-vector 300 --out docs.needle
        needle index build --vectors docs.npy --backend ivf --out docs.needle \\
          --dry-run
        needle index build --vectors docs.npy --neighbors cagra.npy \\
          --backend hnsw --out docs.needle
        needle index build --vectors docs.npy --attributes docs.jsonl \\
          --backend hnsw --out docs.needle
      """
  )

  @Option(
    help: ArgumentHelp(
      "The vectors to index: a file, or a folder of 'needle encode'.",
      valueName: "path"
    )
  )
  var vectors: String

  @Option(
    help: ArgumentHelp(
      "The kind of index, with parameters: hnsw:M=32, or auto. See 'needle backends'.",
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
      "One id per vector, a number or a word a line (default: a folder's ids, else row numbers).",
      valueName: "file"
    )
  )
  var ids: String?

  @Option(
    help: ArgumentHelp(
      "Attributes of the vectors, to filter searches by: .jsonl, or a table with tabs.",
      valueName: "file"
    )
  )
  var attributes: String?

  @Option(
    help: ArgumentHelp(
      "Rows near each vector, for hnsw to begin with: .npy, .ivecs or .ibin of row numbers.",
      valueName: "file"
    )
  )
  var neighbors: String?

  @OptionGroup var deduping: DedupeOptions

  @OptionGroup var choosing: ChoiceOptions

  @OptionGroup var tuning: TuningOptions

  @OptionGroup var threadOption: ThreadOption

  @OptionGroup var memoryLimit: MemoryLimitOption

  @OptionGroup var devices: ExactDeviceOptions

  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 42

  @Flag(help: "Compress the file with LZ4; it is decompressed into memory when opened.")
  var compress = false

  @Flag(help: "Print the size of the index and the memory that it takes, and stop.")
  var dryRun = false

  @Flag(help: "Write the report as JSON.")
  var json = false

  func validate() throws {
    try choosing.check(backend)
    guard neighbors != nil else { return }
    if backend.split(separator: ":").first != "hnsw" {
      throw ValidationError("--neighbors goes with --backend hnsw; \(backend) begins otherwise")
    }
    if devices.device != "cpu" || deduping.dedupe != nil {
      let other = deduping.dedupe == nil ? "--device \(devices.device)" : "--dedupe"
      throw ValidationError("--neighbors and \(other) exclude each other; give one")
    }
  }

  func run() throws {
    // What can be found wrong is, before vectors are read.
    if backend != ChoiceOptions.automatic { _ = try IndexSpecification(parsing: backend) }
    let set = try VectorSet.open(vectors, ids: ids)
    try checkOutputs(
      [NamedPath("--out", out)]
        + (deduping.duplicates.map { [NamedPath("--duplicates", $0)] } ?? []),
      inputs: [
        NamedPath("--vectors", vectors), ids.map { NamedPath("--ids", $0) },
        attributes.map { NamedPath("--attributes", $0) },
        neighbors.map { NamedPath("--neighbors", $0) },
        tuning.tuningQueries.map { NamedPath("--tuning-queries", $0) },
      ]
    )
    let table = try attributes.map { path in
      try AttributeFile.read(path, ids: set.ids, count: set.count)
    }
    let queries = try tuning.openQueries(vectors: set, metric: metric)
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let phases = PhaseTimes()
    let gpu = try faissGPU()
    let options = BuildOptions(
      metric: metric,
      threads: threadOption.count,
      seed: seed,
      progress: {
        phases.note($0)
        progress.show($0)
      },
      exactIndex: gpu == nil ? try devices.maker(threads: threadOption.count) : nil,
      neighbors: try neighbors.map { try NeighborLists(contentsOf: $0, count: set.count) },
      gpu: gpu
    )
    let chosen = try choosing.choose(
      backend,
      for: set,
      queries: queries,
      recall: (tuning.recall, tuning.numbers()),
      options
    )
    progress.finish()
    let takesDevice = devices.device == "auto" || chosen.specification.backend.name == "hnsw"
    guard options.exactIndex == nil || takesDevice else {
      throw UsageError(
        "--device \(devices.device) is for hnsw and faiss-ivfpq; "
          + "\(chosen.specification.backend.name) is built on the cpu: leave --device out"
      )
    }
    let tunes = try tuning.check(chosen.specification.backend, mayBeExact: chosen.choice != nil)
    let plan = try plan(chosen, set, table, tunes ? tuning.source(queries) : nil, options)
    plan.warn()
    guard !dryRun else {
      let text = json ? plan.json(out).written + "\n" : plan.text(out)
      return try StandardOutput.write(text)
    }
    try plan.check(memoryLimit) { room in
      try chosen.specification.largestCount(
        within: max(0, room - (table?.byteCount ?? 0)),
        of: set,
        tuning: tunes ? tuning.source(queries) : nil,
        options: options
      )
    }
    // A long build follows: why it is this one is worth knowing before.
    if !json, let choice = chosen.choice { try StandardOutput.write(choice.text) }
    let inputs = Inputs(set: set, attributes: table, queries: queries)
    try build(chosen, over: inputs, tunes: tunes, options, phases, progress)
  }

  /// The GPU that faiss works on; `nil` for the host and for other backends.
  private func faissGPU() throws -> GPUPlace? {
    guard backend.split(separator: ":").first == "faiss-ivfpq",
      devices.device != "cpu", devices.device != "auto"
    else { return nil }
    return try GPUPlace(
      named: devices.device,
      scratchBytes: devices.memory.gpuMemory?.count
    )
  }

  /// What an index is made of.
  private struct Inputs {
    let set: VectorSet
    let attributes: AttributeTable?
    let queries: VectorSet?
  }

  /// Builds, tunes and writes the index, and reports.
  private func build(
    _ chosen: ChoiceOptions.Chosen,
    over inputs: Inputs,
    tunes: Bool,
    _ options: BuildOptions,
    _ phases: PhaseTimes,
    _ progress: ProgressDisplay
  ) throws {
    phases.prepare()
    let clock = ContinuousClock()
    let started = clock.now
    func plainIndex(over set: VectorSet) throws -> any StoredIndex {
      try chosen.specification.backend.makeIndex(
        over: set,
        parameters: chosen.specification.parameters,
        options: options
      )
    }
    let distinct = try deduping.apply(
      to: inputs.set,
      threads: options.threads,
      progress: options.progress,
      build: plainIndex
    )
    let plain = try distinct.index ?? plainIndex(over: distinct.set)
    let attributes =
      distinct.rows.map { rows in inputs.attributes?.subset(rows) } ?? inputs.attributes
    let index = attributes.map { AttributedIndex(plain, attributes: $0) } ?? plain
    let built = clock.now
    let final =
      tunes
      ? try tuning.tune(
        index,
        over: distinct.set,
        queries: inputs.queries,
        threads: options.threads,
        progress: options.progress
      ) : index
    let ready = clock.now
    phases.pause()
    progress.finish()
    let report = try final.save(
      to: out,
      compress: compress,
      threads: options.threads,
      model: try VectorSet.model(of: vectors)
    )
    let curve = (final as? TunedIndex)?.curve
    if tunes { tuning.warn(of: curve) }
    try BuildReport(
      path: out,
      threads: options.threads,
      isCompressed: compress,
      summary: index.summary,
      duplicates: distinct.count,
      choice: chosen.choice,
      reasons: [chosen.reason, (plain as? any ExplainedIndex)?.reason ?? ""],
      curve: curve,
      phases: phases,
      file: report,
      buildSeconds: (built - started).inSeconds,
      tuneSeconds: (ready - built).inSeconds,
      writeSeconds: (clock.now - ready).inSeconds
    ).write(json: json)
  }

  private func plan(
    _ chosen: ChoiceOptions.Chosen,
    _ set: VectorSet,
    _ attributes: AttributeTable?,
    _ source: TuningQuerySource?,
    _ options: BuildOptions
  ) throws -> BuildPlan {
    let memory = try chosen.specification.memory(
      over: set,
      tuning: source,
      options: options
    )
    return BuildPlan(
      spec: chosen.specification.description,
      choice: chosen.choice,
      metric: metric,
      count: set.count,
      dimension: set.dimension,
      threads: threadOption.count,
      memory: attributes.map { memory?.adding(.init("attributes", $0.byteCount)) } ?? memory
    )
  }
}
