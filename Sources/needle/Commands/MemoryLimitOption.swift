internal import ArgumentParser
internal import Needletail
internal import Reporting

/// A limit of memory that is looked at before work begins.
struct MemoryLimitOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Refuse what is estimated to take more memory, such as 512M or 4G.",
      valueName: "size"
    )
  )
  var maxMemory: ByteSize?

  func validate() throws {
    guard let maxMemory, maxMemory.count < 1 << 20 else { return }
    throw ValidationError("--max-memory is at least 1M")
  }

  /// What the program itself takes: code, its libraries, and their buffers.
  static let program = BuildMemory.Part("program", 25_000_000)

  /// Refuses what takes more than is allowed.
  ///
  /// - Parameters:
  ///   - what: what is to be done, "building docs.needle".
  ///   - bytes: what it takes without the program; `nil` where that is not known.
  ///   - remedy: what would fit into so many bytes, and what else helps.
  /// - Throws: ``UsageError`` where it does, and what `remedy` throws.
  func check(_ what: String, takes bytes: Int?, remedy: (Int) throws -> String) throws {
    guard let limit = maxMemory?.count else { return }
    guard let bytes else {
      throw UsageError("\(what): the backend does not say what it takes; leave --max-memory out")
    }
    let all = bytes + Self.program.bytes
    guard all > limit else { return }
    let remedy = try remedy(max(0, limit - Self.program.bytes))
    throw UsageError(
      "\(what) takes about \(NumberText.bytes(all)) of memory, and --max-memory allows "
        + "\(NumberText.bytes(limit)); \(remedy)"
    )
  }

  /// Refuses to search an index that takes more than is allowed.
  ///
  /// - Parameters:
  ///   - path: a file, or the folder of an index that can be changed.
  ///   - k: neighbors of a query.
  ///   - batch: queries that are answered at a time.
  /// - Throws: ``UsageError`` where it does, and what opening the index throws.
  func checkSearch(_ path: String, k: Int, batch: Int) throws {
    guard maxMemory != nil else { return }
    let need: MemoryNeed
    let (count, dimension): (Int, Int)
    if SegmentedIndex.exists(path) {
      let report = try SegmentedIndexReport(of: path)
      (need, count, dimension) = (report.memory, report.count, report.dimension)
    } else {
      let file = try IndexFile.open(path, verification: .structure)
      (need, count, dimension) = (file.memory, file.summary.count, file.summary.dimension)
    }
    // Queries, and what is found for each before it is written.
    let scratch = batch * (4 * dimension + 20 * k)
    try check("searching \(path)", takes: need.totalBytes + scratch) { room in
      let perVector = max(0, room - scratch - need.idBytes) / max(1, count)
      let smaller =
        perVector >= 16
        ? "build it with --bytes-per-vector \(perVector)" : "split it into several indexes"
      return need.restoredBytes > 0 ? "\(smaller), or without --compress" : smaller
    }
  }
}
