internal import ArgumentParser
internal import Encoding
internal import Needletail
internal import Reporting

/// `needle search`: queries in, a run out.
struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Finds the nearest vectors of each query and writes them to a file.",
    discussion: """
      Formats, chosen by --format or by the name of the output:
        trec    'qid Q0 docid rank score tag', rank from 1; with l2 the score is
                the negative distance, so that larger is better for trec_eval
        msmarco 'qid docid rank' with tabs, what MS MARCO's own scripts read
        ivecs   k 32-bit ids a query, -1 where fewer were found; also .ibin, .npy
        jsonl   {"query":0,"ids":[…],"scores":[…]} a line
      Where the vectors' ids are words, such as those of a corpus, runs and jsonl
      have these, ivecs the vectors' row numbers.

      Queries from a folder that 'needle encode' wrote have their ids from there.
      With --model they are texts: .tsv of id and text, .jsonl, .gz of both, or a
      BEIR directory. With --interactive they are typed, a line each, and --corpus
      shows the texts of what is found. Folders of vectors, and indexes that were
      built from them, know the model that encoded them: another one is refused,
      unless --any-model is given.

      --vectors searches a set of vectors exactly and needs no index; a set that is
      larger than 1 GiB is read part by part. --device cuda does it on a GPU, with
      the same answers; with --model that is the default where there is one.

      --threshold finds all neighbors with scores of at least that (l2: at most),
      as a range search of faiss does, and at most --k of them where that is given.
      An index that is not exact finds what its search parameters find.

      --filter, --filter-ids and --exclude-ids find only some of the vectors, and
      min(k, matches) of them for every query. A condition is about the attributes
      that the index was built with: comparisons (==, !=, <, <=, >, >=), lists
      (lang in ('de', 'en'), not in) and 'is missing', joined by and, or, not and
      brackets; texts stand in quotes. A vector without a value meets no
      comparison.

      An index that was built with --recall is searched at the setting that
      reaches that recall, unless --recall or --set ask for something else.

      An index file is mapped, so that the first query is answered at once.
      --in-memory reads it first, into huge pages where the system grants them: a
      slower start, and faster searches of a graph.

      --max-memory 2G refuses an index that takes more, mapped sections included.

      Seconds by phase overlap: texts are read and tokenized while the model works.
      With --batch 1 the report has the latencies that 50, 95 and 99 of 100
      queries do not exceed.

      Examples:
        needle search --index docs.needle --queries queries.npy --k 10 \\
          --out run.trec
        needle search --index docs.needle --queries queries.npy --k 100 \\
          --set efSearch=200 --threads 4 --out found.ivecs
        needle search --index docs.needle --queries queries.npy --recall 0.9 \\
          --out found.jsonl
        needle search --index docs.needle --model minilm --queries dev.tsv \\
          --depth 100 --out dev.trec
        needle search --vectors docs.vectors --model minilm --queries dev.tsv \\
          --depth 100 --out exact.trec
        needle search --index docs.needle --queries queries.npy --threshold 0.8 \\
          --out near.jsonl
        needle search --index docs.needle --queries queries.npy --out found.jsonl \\
          --filter "year >= 2001 and lang in ('de', 'en')"
        needle search --index docs.needle --model minilm --corpus corpus.tsv \\
          --interactive
      """
  )

  @Option(help: ArgumentHelp("The index file.", valueName: "index"))
  var index: String?

  @Option(
    help: ArgumentHelp(
      "A set of vectors that is searched exactly, instead of an index.",
      valueName: "path"
    )
  )
  var vectors: String?

  @Option(help: "How --vectors are compared: ip, cosine or l2 (default: ip).")
  var metric: Metric?

  @Option(
    help: ArgumentHelp(
      "The queries: vectors of the index's dimension, or texts with --model.",
      valueName: "path"
    )
  )
  var queries: String?

  @OptionGroup var texts: QueryTextOptions

  @OptionGroup var dialog: DialogOptions

  @Option(
    name: [.customLong("k"), .customLong("depth")],
    help: "Neighbors per query (default: 10; with --threshold any number)."
  )
  var givenK: Int?

  @Option(
    help: ArgumentHelp(
      "Find all neighbors whose score is at least this, or at most for l2.",
      valueName: "score"
    )
  )
  var threshold: Float?

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Search parameters: efSearch=64. See 'needle backends'.",
      valueName: "name=value,…"
    )
  )
  var settings: [String] = []

  @Option(
    help: ArgumentHelp(
      "Take the cheapest setting that reaches this recall; needs an index built with --recall.",
      valueName: "share"
    )
  )
  var recall: Double?

  @Flag(help: "Read the index into memory first, and check it, instead of mapping it.")
  var inMemory = false

  @OptionGroup var filtering: FilterOptions

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String?

  @Option(help: "trec, msmarco, ivecs or jsonl (default: by the ending of --out, else trec).")
  var format: ResultFormat?

  @Option(
    help: ArgumentHelp(
      "One name per query, a word a line (default: a folder's ids, else row numbers).",
      valueName: "file"
    )
  )
  var queryIds: String?

  @Option(help: "The last column of a TREC run.")
  var tag = "needle"

  @OptionGroup var threadOption: ThreadOption

  @OptionGroup var memoryLimit: MemoryLimitOption

  @OptionGroup var indexDevice: IndexDeviceOptions

  @OptionGroup var gpuMemory: GPUMemoryOption

  @Option(
    help: ArgumentHelp(
      "Queries per call; the results do not depend on it (default: 4096, fewer for a large k).",
      valueName: "n"
    )
  )
  var batch: Int?

  @Flag(help: "Write a report of the search as JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Answer this many queries once before, untimed: a new process has to map the index.",
      valueName: "n"
    )
  )
  var warmUp = 0

  /// Queries per call: enough to keep the threads busy, few enough that the results of a large k,
  /// about 20 bytes each while they are searched, fit in memory.
  private var queriesPerCall: Int { batch ?? max(64, min(4_096, (16 << 20) / k)) }

  private var k: Int { givenK ?? 10 }

  func validate() throws {
    try validateK(k)
    if let threshold {
      guard threshold.isFinite else {
        throw ValidationError("--threshold \(threshold) is not allowed; it is a finite number")
      }
      guard !dialog.interactive else {
        throw ValidationError("--threshold is not for --interactive; leave it out")
      }
      guard givenK != nil || format ?? out.map({ ResultFormat(forFileNamed: $0) }) != .ivecs else {
        throw ValidationError("rows of .ivecs have one length; give --k with --threshold")
      }
    }
    guard warmUp >= 0 else {
      throw ValidationError("--warm-up \(warmUp) is not allowed; it is at least 0")
    }
    if let batch, batch < 1 {
      throw ValidationError("--batch \(batch) is not allowed; it is at least 1")
    }
    guard !tag.isEmpty, !tag.contains(where: \.isWhitespace) else {
      throw ValidationError("--tag '\(tag)' is not allowed; it is one word")
    }
    guard (index == nil) != (vectors == nil) else {
      throw ValidationError("give --index or --vectors, and only one of them")
    }
    guard vectors == nil || memoryLimit.maxMemory == nil else {
      throw ValidationError("--max-memory is for --index; --vectors are read part by part")
    }
    guard vectors == nil || !inMemory else {
      throw ValidationError("--in-memory is for --index; --vectors are read part by part")
    }
    if vectors == nil {
      let takesMemory = indexDevice.indexDevice != nil
      guard takesMemory || gpuMemory.gpuMemory == nil,
        texts.model != nil || texts.settings.device == nil
      else {
        throw ValidationError(
          "--device and --gpu-memory are for --vectors and models; an index is searched on the cpu, "
            + "one of faiss with --index-device on a GPU"
        )
      }
    } else if indexDevice.indexDevice != nil {
      throw ValidationError("--index-device is for --index; give --device for --vectors")
    }
    if vectors != nil, let option = filtering.given {
      throw ValidationError("\(option) is for --index; build a flat index of the vectors")
    }
    guard vectors != nil || metric == nil else {
      throw ValidationError("--metric is for --vectors; an index knows its own")
    }
    if dialog.interactive {
      guard queries == nil, out == nil, texts.model != nil else {
        throw ValidationError("--interactive needs --model, and no --queries and --out")
      }
    } else if queries == nil || out == nil {
      throw ValidationError("give --\(queries == nil ? "queries" : "out") as well")
    }
  }

  func run() throws {
    let whole = try openTarget()
    if threshold == nil { try checkK(k, count: whole.summary.count, of: whole.source.path) }
    let filter = try filtering.rows(of: whole)
    let target =
      try filter.map { rows in
        try SearchTarget(whole, matching: rows, plan: filtering.filterPlan ?? .auto)
      } ?? whole
    let encoder = try texts.model.map { model in
      try texts.encoder(model, for: target, threads: threadOption.count)
    }
    if dialog.interactive, let encoder { return try converse(target, encoder) }
    try answer(target, encoder)
  }

  private func openTarget() throws -> SearchTarget {
    if let vectors {
      guard settings.isEmpty, recall == nil else {
        throw UsageError("--vectors are searched exactly; leave --set and --recall out")
      }
      let metric = metric ?? .innerProduct
      return try SearchTarget(
        vectors: vectors,
        metric: metric,
        // libtorch is opened for a model in any case; without one, only on request.
        device: texts.settings.device ?? (texts.model == nil ? "cpu" : "auto"),
        memory: gpuMemory,
        threads: threadOption.count
      )
    }
    try memoryLimit.checkSearch(index ?? "", k: k, batch: queriesPerCall)
    return try SearchTarget(
      index: index ?? "",
      asked: try askedParameters(),
      k: k,
      loading: inMemory,
      place: try indexDevice.place(gpuMemory),
      threads: threadOption.count
    )
  }

  private func converse(_ target: SearchTarget, _ encoder: ModelTextEncoder) throws {
    try InteractiveSearch(
      target: target,
      encoder: encoder,
      template: try texts.template(encoder),
      passages: try dialog.passages(invalidUTF8: texts.bytes.invalidUTF8),
      k: k,
      threads: threadOption.count
    ).run()
  }

  private func answer(_ target: SearchTarget, _ encoder: ModelTextEncoder?) throws {
    guard let queries, let out else { return }
    var blocks = try open(queries, encoder, target)
    let output = NamedPath("--out", out)
    let inputs = [
      target.source, NamedPath("--queries", queries), queryIds.map { NamedPath("--query-ids", $0) },
      filtering.filterIds.map { NamedPath("--filter-ids", $0) },
      filtering.excludeIds.map { NamedPath("--exclude-ids", $0) },
    ]
    try checkOutputs([output], inputs: inputs)
    let style = ResultFile.Style(
      format: format ?? ResultFormat(forFileNamed: out),
      ids: target.index.ids,
      tag: tag,
      metric: target.summary.metric,
      k: k
    )
    var search = QuerySearch(
      target: target,
      k: threshold == nil ? k : givenK,
      threshold: threshold,
      threads: threadOption.count,
      queriesPerCall: queriesPerCall,
      warmUp: warmUp
    )
    let file = try ResultFile(out, style: style)
    try search.answer(&blocks, into: file)
    let report = SearchReport(
      path: out,
      format: style.format,
      k: threshold == nil ? k : givenK,
      threshold: threshold,
      queries: blocks.count,
      batch: queriesPerCall,
      threads: threadOption.count,
      target: target,
      times: search.times,
      phases: blocks.phases + [
        ("search", .seconds(search.times.seconds)), ("write", search.writeTime),
      ]
    )
    try StandardOutput.write(json ? report.json.written + "\n" : report.text)
  }

  /// The queries, in blocks of whole calls.
  private func open(
    _ path: String,
    _ encoder: ModelTextEncoder?,
    _ target: SearchTarget
  ) throws -> any QueryBlocks {
    if let encoder {
      guard queryIds == nil else {
        throw UsageError(
          "--query-ids are for queries that are vectors; texts have ids of their own"
        )
      }
      return try texts.queries(path, encoder, threads: threadOption.count)
    }
    let set = try VectorSet.open(path, role: .queries)
    try checkDimension(of: set, against: target.summary.dimension, of: target.source.path)
    let given = try queryIds.map { names in
      try readIDs(names, count: set.count, of: path, what: "queries")
    }
    let own = set.ids.count == nil ? nil : (0..<set.count).map { set.ids.word(at: $0) }
    // However small the calls, queries are read and results written many at a time.
    let size = max(queriesPerCall, 1_024 / queriesPerCall * queriesPerCall)
    return VectorBlocks(set, names: given ?? own, size: size)
  }

  /// What `--set` and `--recall` ask for.
  private func askedParameters() throws -> Parameters {
    var asked = try Parameters(parsing: settings.joined(separator: ","))
    guard let recall else { return asked }
    guard asked[Parameters.recallName] == nil else {
      throw UsageError("--recall and --set recall=… are the same; give one")
    }
    asked[Parameters.recallName] = .real(recall)
    return asked
  }
}
