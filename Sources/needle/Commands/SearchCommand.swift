internal import ArgumentParser
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
        ivecs   k 32-bit ids a query, -1 where fewer were found; also .ibin, .npy
        jsonl   {"query":0,"ids":[…],"scores":[…]} a line
      Where the vectors' ids are words, such as those of a corpus, trec and jsonl
      have these, ivecs the vectors' row numbers.

      Queries from a folder that 'needle encode' wrote have their ids from there.

      An index that was built with --recall is searched at the setting that
      reaches that recall, unless --recall or --set ask for something else.

      With --batch 1 the report has the latencies that 50, 95 and 99 of 100
      queries do not exceed.

      Examples:
        needle search --index docs.needle --queries queries.npy --k 10 \\
          --out run.trec
        needle search --index docs.needle --queries queries.npy --k 100 \\
          --set efSearch=200 --threads 4 --out found.ivecs
        needle search --index docs.needle --queries queries.npy --recall 0.9 \\
          --out found.jsonl
      """
  )

  @Option(help: ArgumentHelp("The index file.", valueName: "index"))
  var index: String

  @Option(help: ArgumentHelp("The queries, vectors of the index's dimension.", valueName: "path"))
  var queries: String

  @Option(help: "Neighbors per query.")
  var k = 10

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

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var out: String

  @Option(help: "trec, ivecs or jsonl (default: by the ending of --out, else trec).")
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

  @Option(
    help: ArgumentHelp(
      "Queries per call; the results do not depend on it (default: 4096, fewer for a large k).",
      valueName: "n"
    )
  )
  var batch: Int?

  @Flag(help: "Write a report of the search as JSON.")
  var json = false

  /// Queries per call: enough to keep the threads busy, few enough that the results of a large k,
  /// about 20 bytes each while they are searched, fit in memory.
  @Option(
    help: ArgumentHelp(
      "Answer this many queries once before, untimed: a new process has to map the index.",
      valueName: "n"
    )
  )
  var warmUp = 0

  private var queriesPerCall: Int { batch ?? max(64, min(4_096, (16 << 20) / k)) }

  func validate() throws {
    try validateK(k)
    guard warmUp >= 0 else {
      throw ValidationError("--warm-up \(warmUp) is not allowed; it is at least 0")
    }
    if let batch, batch < 1 {
      throw ValidationError("--batch \(batch) is not allowed; it is at least 1")
    }
    guard !tag.isEmpty, !tag.contains(where: \.isWhitespace) else {
      throw ValidationError("--tag '\(tag)' is not allowed; it is one word")
    }
  }

  func run() throws {
    let asked = try askedParameters()
    let opened = try openIndex(index)
    let summary = opened.summary
    let backend = try Needletail.backend(named: summary.backend)
    let parameters = try (try (opened as? TunedIndex)?.searchParameters(asked, k: k) ?? asked)
      .resolved(against: backend.searchParameters, owner: backend.name)
    let set = try VectorSet.open(queries, role: .queries)
    try checkDimension(of: set, against: summary.dimension, of: index)
    try checkK(k, count: summary.count, of: index)
    let names = try queryIds.map { path in
      try readIDs(path, count: set.count, of: queries, what: "queries")
    }
    let ownNames = set.ids.count == nil ? nil : (0..<set.count).map { set.ids.word(at: $0) }
    let output = NamedPath("--out", out)
    let inputs = [
      NamedPath("--index", index), NamedPath("--queries", queries),
      queryIds.map { NamedPath("--query-ids", $0) },
    ]
    try checkOutputs([output], inputs: inputs)
    let style = ResultFile.Style(
      format: format ?? ResultFormat(forFileNamed: out),
      queryIDs: names ?? ownNames,
      ids: opened.ids,
      tag: tag,
      metric: summary.metric,
      k: k
    )
    if warmUp > 0 {
      _ = try opened.search(
        set,
        rows: 0..<min(warmUp, set.count),
        k: k,
        parameters: parameters,
        threads: threadOption.count
      )
    }
    let times = try search(opened, set, parameters, style)
    try report(set.count, parameters, times, opened, format: style.format)
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

  /// Searches batch by batch, and writes the results.
  ///
  /// - Returns: the times of the search calls: reading queries and writing results, though they take
  ///   turns with the searches, are not among them.
  private func search(
    _ opened: any StoredIndex,
    _ set: VectorSet,
    _ parameters: Parameters,
    _ style: ResultFile.Style
  ) throws -> CallTimes {
    let progress = ProgressDisplay()
    defer { progress.finish() }
    let file = try ResultFile(out, style: style)
    var times = CallTimes(ofSingleQueries: queriesPerCall == 1)
    let clock = ContinuousClock()
    // However small the calls, queries are read and results written many at a time.
    let block = max(queriesPerCall, 1_024 / queriesPerCall * queriesPerCall)
    for start in stride(from: 0, to: set.count, by: block) {
      let end = min(start + block, set.count)
      var values = [Float](repeating: 0, count: (end - start) * set.dimension)
      var span = values.mutableSpan
      try set.source.copyRows(start..<end, into: &span)
      var found: [SearchResults] = []
      for first in stride(from: start, to: end, by: queriesPerCall) {
        progress.show(BuildProgress(phase: "searching", done: first, total: set.count))
        let last = min(first + queriesPerCall, end)
        let places = (first - start) * set.dimension..<(last - start) * set.dimension
        let began = clock.now
        let results = try opened.search(
          values.span.extracting(places),
          k: k,
          parameters: parameters,
          threads: threadOption.count,
          name: set.name,
          firstRow: first
        )
        times.add(clock.now - began)
        found.append(results)
        if last == end || found.count * results.ids.count >= Self.mostPending {
          for results in found { try file.append(results) }
          found = []
        }
      }
    }
    try file.finish()
    return times
  }

  /// Results that wait in memory for the end of their block.
  private static let mostPending = 1 << 20

  private func report(
    _ count: Int,
    _ parameters: Parameters,
    _ times: CallTimes,
    _ opened: any StoredIndex,
    format: ResultFormat
  ) throws {
    let summary = opened.summary
    let observations = Observations(opened)
    guard json else {
      try StandardOutput.write(
        "\(out): the \(k) nearest of \(NumberText.grouped(summary.count)) vectors for \(NumberText.grouped(count)) "
          + "queries, found in \(NumberText.seconds(times.seconds)) on \(threadOption.count) threads"
          + (parameters.entries.isEmpty ? "\n" : " with \(parameters)\n") + times.line
          + observations.line
      )
      return
    }
    let result = JSONText.object(
      [
        ("path", .text(out)),
        ("format", .text(format.rawValue)),
        ("queries", .integer(count)),
        ("k", .integer(k)),
        ("parameters", parameters.json),
        ("batch", .integer(queriesPerCall)),
        ("threads", .integer(threadOption.count)),
        ("search_s", .real(times.seconds)),
      ] + times.json + observations.json
    )
    try StandardOutput.write(result.written + "\n")
  }
}
