internal import ArgumentParser
internal import Benchmarking
internal import Needletail
internal import Reporting
internal import Retrieval

/// `needle bench`: builds indexes, searches them, and measures them against exact search.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures indexes against exact search: recall, speed, size, build time.",
    discussion: """
      Each backend is built, written, opened, and searched at several settings of
      its search parameter. Recall counts against an exact search over all
      vectors, with --device cuda on a GPU. DIR receives results.jsonl (one record per backend and setting) and
      report.html (self-contained, with plots); the standard output, the table.

      --filter, --filter-ids and --exclude-ids measure searches that find only some
      of the vectors, as those of 'needle search', against exact search of these.
      Records say which way was taken: all matches scanned, the graph walked from
      match to match, or more neighbors asked for than are wanted.

      Examples:
        needle bench --vectors vectors.npy --hold-out 1000 --metric cosine \\
          --out report
        needle bench --vectors sift_base.fvecs --queries sift_query.fvecs \\
          --metric l2 --ground-truth sift_groundtruth.ivecs \\
          --backend hnsw:M=16 --backend faiss-hnsw:M=16 \\
          --sweep efSearch=32,64,128,256 --out report
        needle bench --vectors docs.npy --queries dev.npy --qrels qrels.dev.tsv \\
          --out report
        needle bench --vectors glove-50-angular.hdf5 --metric cosine --out report
        needle bench --vectors docs.npy --queries dev.npy --attributes docs.jsonl \\
          --filter "year >= 2001" --backend hnsw --backend ivf --out report
      """
  )

  @Option(help: ArgumentHelp("The vectors to index.", valueName: "file"))
  var vectors: String

  @Option(help: ArgumentHelp("The queries; a .hdf5 file brings its own.", valueName: "file"))
  var queries: String?

  @Option(
    help: ArgumentHelp(
      "Take this many vectors out of the set as queries, by a seeded shuffle.",
      valueName: "n"
    )
  )
  var holdOut: Int?

  @Option(
    name: .customLong("backend"),
    help: ArgumentHelp(
      "A kind of index, with parameters: hnsw:M=32, or auto, which chooses one for batches at "
        + "recall 0.95; may be given several times (default: all).",
      valueName: "spec"
    )
  )
  var specifications: [String] = []

  @Option(help: "Neighbors per query.")
  var k = 10

  @Option(help: ArgumentHelp("The folder for the results.", valueName: "dir"))
  var out: String

  @Option(
    help: ArgumentHelp(
      "The true neighbors, row numbers (default: they are computed; those of a file are checked "
        + "on a sample of the queries).",
      valueName: "file"
    )
  )
  var groundTruth: String?

  @OptionGroup var devices: ExactDeviceOptions

  @Option(
    help: ArgumentHelp(
      "Attributes of the vectors for --filter: .jsonl, or a table with tabs.",
      valueName: "file"
    )
  )
  var attributes: String?

  @OptionGroup var filtering: FilterOptions

  @OptionGroup var qualityOptions: QualityOptions

  @Option(help: "Threads of builds and batches; single queries run on one.")
  var threads = 1

  @OptionGroup var sweepOption: SweepOption

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Search parameters held at one value.", valueName: "name=value,…")
  )
  var settings: [String] = []

  @Option(help: "How vectors are compared: ip (inner product), cosine or l2 (squared).")
  var metric: Metric = .innerProduct

  @Option(help: "The seed of every random choice.")
  var seed: UInt64 = 42

  @Option(help: "How often each setting is timed.")
  var rounds = 3

  @Option(help: ArgumentHelp("The time for a setting in one round.", valueName: "seconds"))
  var budget = 2.0

  @Flag(help: "Compress the index files.")
  var compress = false

  @Flag(help: "Search the indexes as built, in memory, not as opened from their files.")
  var inMemory = false

  @Option(
    help: ArgumentHelp("The data's name in the report (default: the file's).", valueName: "name")
  )
  var dataset: String?

  @Option(
    help: ArgumentHelp("The commit to name in the records (default: the version).")
  )
  var commit = needletailVersion

  @Flag(help: "Write the records to the standard output instead of the table.")
  var json = false

  func validate() throws {
    try validateThreads(threads)
    try validateK(k)
    if let holdOut, holdOut < 1 {
      throw ValidationError("--hold-out \(holdOut) is not allowed; it is at least 1")
    }
    if queries != nil, holdOut != nil {
      throw ValidationError("--queries and --hold-out exclude each other; give one")
    }
    if qualityOptions.qrels != nil, holdOut != nil {
      throw ValidationError(
        "--qrels does not fit vectors chosen by --hold-out; give --queries"
      )
    }
    if groundTruth != nil, holdOut != nil {
      throw ValidationError(
        "--ground-truth does not fit vectors chosen by --hold-out; give --queries or leave it out"
      )
    }
    if let given = filtering.given, holdOut != nil {
      throw ValidationError(
        "\(given) does not fit vectors chosen by --hold-out; give --queries"
      )
    }
    if let given = filtering.given, groundTruth != nil {
      throw ValidationError(
        "--ground-truth is of all vectors; leave it out with \(given), whose truth is computed"
      )
    }
    guard attributes == nil || filtering.filter != nil else {
      throw ValidationError("--attributes goes with --filter")
    }
    guard (1...100).contains(rounds) else {
      throw ValidationError("--rounds \(rounds) is not allowed; it is 1 to 100")
    }
    guard budget > 0, budget <= 86_400 else {
      throw ValidationError("--budget \(budget) is not allowed; it is more than 0, in seconds")
    }
  }

  func run() throws {
    let isOpen = specifications.contains(ChoiceOptions.automatic)
    // What can be found wrong is, before a file is read.
    let asked = isOpen ? nil : try self.plan(specifications)
    let judged = try qualityOptions.read(k: k)
    let sets = try openSets()
    let filter = try filter(of: sets.vectors)
    let created = try prepareFolder(out)
    let progress = ProgressDisplay()
    do {
      var plan = try asked ?? self.plan(chosen(for: sets.vectors, progress))
      plan.scratchFolder = out
      plan.filter = filter
      plan.quality = try judged?.measure(
        queries: sets.queries,
        vectors: sets.vectors,
        metric: metric,
        threads: processors
      )
      let truth = try groundTruth(of: sets, filter, progress)
      let records = try Benchmark.run(
        plan,
        vectors: sets.vectors,
        queries: sets.queries,
        truth: truth,
        progress: { progress.show($0) }
      )
      progress.finish()
      let written = try BenchmarkOutput.write(records, into: out)
      StandardError.write("records: \(written.results)\nreport: \(written.report)\n")
      try StandardOutput.write(
        json
          ? records.map { $0.json + "\n" }.joined()
          : BenchmarkOutput.table(records, width: StandardOutput.width)
      )
    } catch {
      progress.finish()
      if created { removeEmptyFolder(out) }
      throw error
    }
  }

  /// The specifications with the one that `auto` comes to, each once.
  private func chosen(for vectors: VectorSet, _ progress: ProgressDisplay) throws -> [String] {
    let choice = try chooseBackend(
      for: vectors,
      metric: metric,
      goal: try SearchGoal(k: min(k, vectors.count)),
      threads: threads,
      seed: seed,
      progress: { progress.show($0) }
    )
    progress.finish()
    StandardError.write(choice.text)
    var result: [String] = []
    for text in specifications {
      let named = text == ChoiceOptions.automatic ? choice.specification : text
      if !result.contains(named) { result.append(named) }
    }
    return result
  }

  /// What the options ask for.
  private func plan(_ specifications: [String]) throws -> BenchmarkPlan {
    let chosen =
      try specifications.isEmpty
      ? backends.map { try IndexSpecification(parsing: $0.name) }
      : specifications.map { text in try IndexSpecification(parsing: text) }
    let candidates = try BenchmarkCandidate.candidates(
      chosen.map { ($0.backend, $0.parameters) },
      sweep: try sweepOption.values(),
      fixed: try Parameters(parsing: settings.joined(separator: ","))
    )
    var plan = BenchmarkPlan(candidates, metric: metric, dataset: dataset ?? fileName(of: vectors))
    plan.k = k
    plan.threads = threads
    plan.seed = seed
    plan.rounds = rounds
    plan.budget = .milliseconds(Int64(budget * 1_000))
    plan.subject = inMemory ? .built : .opened
    plan.compress = compress
    plan.commit = commit
    return plan
  }

  private struct Sets {
    let vectors: VectorSet
    let queries: VectorSet
    let groundTruth: String?
  }

  private func openSets() throws -> Sets {
    let all = try VectorSet.open(vectors)
    if let holdOut {
      guard holdOut < all.count else {
        throw UsageError(
          "--hold-out \(holdOut) leaves nothing of the \(NumberText.grouped(all.count)) vectors of "
            + "\(vectors); hold out fewer"
        )
      }
      let (rest, held) = all.split(holdingOut: holdOut, seed: seed)
      try checkK(k, count: rest.count, of: vectors)
      return Sets(vectors: rest, queries: held, groundTruth: nil)
    }
    guard let path = queries ?? (isHDF5(vectors) ? vectors : nil) else {
      throw UsageError("no queries; give --queries FILE or --hold-out N")
    }
    let asked = try VectorSet.open(path, role: .queries)
    try checkDimension(of: asked, against: all.dimension, of: vectors)
    try checkK(k, count: all.count, of: vectors)
    return Sets(vectors: all, queries: asked, groundTruth: groundTruth)
  }

  /// The true neighbors: computed, or read and checked on a sample.
  private func groundTruth(
    of sets: Sets,
    _ filter: BenchmarkPlan.Filter?,
    _ progress: ProgressDisplay
  ) throws -> GroundTruth {
    let all: any VectorIndex =
      try devices.index(over: sets.vectors, metric: metric, threads: processors)
      ?? exactIndex(
        over: sets.vectors,
        queries: sets.queries.count,
        metric: metric,
        threads: processors
      )
    let exact = try filter.map { try all.matching($0.rows) } ?? all
    guard let path = sets.groundTruth else {
      return try GroundTruth.compute(
        with: exact,
        queries: sets.queries,
        k: k,
        threads: processors,
        progress: { progress.show($0) }
      )
    }
    let given = try IntegerRows.open(path, within: 0..<sets.vectors.count)
    let truth = try GroundTruth(
      given: given.values.map { Int32($0) },
      k: given.columns,
      path: path,
      vectors: sets.vectors,
      queries: sets.queries,
      metric: metric,
      threads: processors
    )
    try truth.spotCheck(
      against: exact,
      vectors: sets.vectors,
      queries: sets.queries,
      seed: seed,
      path: path,
      threads: processors
    )
    return truth
  }

  /// The vectors that searches may find.
  private func filter(of vectors: VectorSet) throws -> BenchmarkPlan.Filter? {
    let table = try attributes.map { path in
      try AttributeFile.read(path, ids: vectors.ids, count: vectors.count)
    }
    let rows = try filtering.rows(
      of: vectors.ids,
      table,
      count: vectors.count,
      path: self.vectors,
      remedy: "give them by --attributes"
    )
    guard let rows else { return nil }
    let names = [
      filtering.filter, filtering.filterIds.map { "ids of \(fileName(of: $0))" },
      filtering.excludeIds.map { "no ids of \(fileName(of: $0))" },
    ]
    let name = names.compactMap { $0 }.joined(separator: " and ")
    guard rows.matches > 0 else {
      throw UsageError("no vector of \(self.vectors) meets the filter, \(name); give another one")
    }
    return BenchmarkPlan.Filter(
      name: name,
      rows: rows,
      plan: filtering.filterPlan ?? .auto
    )
  }

  private func isHDF5(_ path: String) -> Bool { path.hasSuffix(".hdf5") || path.hasSuffix(".h5") }

  private func fileName(of path: String) -> String {
    path.split(separator: "/").last.map { String($0) } ?? path
  }
}
