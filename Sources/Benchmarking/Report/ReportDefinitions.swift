internal import Reporting

/// What the figures mean and how they came about.
struct ReportDefinitions {
  let results: Results

  var html: String {
    "<dl>\n\(entries.map { "<dt>\($0)</dt><dd>\($1)</dd>" }.joined(separator: "\n"))\n</dl>"
  }

  private var entries: [(String, String)] {
    let run = results.run
    return [
      (
        "Recall@\(run.k)",
        """
        Mean over all \(NumberText.grouped(run.queries)) queries of \
        |returned top \(run.k) ∩ true top \(run.k)| / \(run.k), by id, against exact search. \
        The recall axis is logarithmic in the misses, so 0.9 to 0.99 is as wide as 0.99 to 0.999. \
        A sweep ends after two settings above 0.9995.
        """
      ),
      (
        "Tolerant recall",
        """
        The same by score, as ann-benchmarks counts it: a returned vector is right if its true \
        score is at least as good as that of the true neighbor \(run.k), within 0.001 \
        (for L2, of the distance, not its square).
        """
      ),
      (
        "Single queries",
        """
        One query a call on one thread. Queries per second are those of the fastest of up to \
        \(run.rounds) rounds; p50, p95 and p99 are nearest-rank percentiles of the latency, \
        each the median over the rounds. \(queriesTimed)
        """
      ),
      (
        "Batches",
        """
        All queries in one call on \(threads(run.threads)); the fastest of up to \(run.rounds) \
        rounds. The first also counts recall.
        """
      ),
      (
        "Order",
        """
        All indexes are built first; then each round goes through every setting of every index, \
        so that a disturbance of the machine meets all alike. \(searched)
        """
      ),
      (
        "Build",
        """
        Wall-clock time on \(threads(run.threads)), reading the vectors included, writing the \
        file not. \(memory)
        """
      ),
      (
        "Open and first answer",
        "Time to open the index file and answer one query, the file being in the page cache."
      ),
      run.exactQuality.map { quality in
        (
          Reporting.html(quality.name),
          """
          Counted against judgments of relevance on the \(run.k) results of each query, ranked by \
          score; judged queries without results count 0. The line is exact search's.
          """
        )
      },
      ("Circumstances", Reporting.html(circumstances)),
    ].compactMap { $0 }
  }

  private var queriesTimed: String {
    let counts = results.groups.flatMap { $0.records.map(\.search.single.queries) }
    let fewest = counts.min() ?? 0
    guard fewest < results.run.queries else {
      return "Every round timed all \(NumberText.grouped(results.run.queries)) queries."
    }
    return "Slow settings stop after a fixed time: the slowest timed the first "
      + "\(NumberText.grouped(fewest)) queries a round, others up to all "
      + "\(NumberText.grouped(results.run.queries))."
  }

  private var searched: String {
    switch results.run.subject {
    case .opened: "Searched is the index file, opened anew and mapped into memory."
    case .built: "Searched is the index as it was built, in memory."
    }
  }

  private var memory: String {
    let ofBuild = results.groups.allSatisfy(\.index.peakIsOfBuild)
    return ofBuild
      ? "The peak of the process (resident set, mapped files included) is reset before each build."
      : "This system does not let a process reset its peak (resident set, mapped files included), "
        + "so the peak is that of everything before as well."
  }

  private var circumstances: String {
    let run = results.run
    var parts = [
      run.machine.cpu, "\(run.machine.cores) cores",
      NumberText.bytes(run.machine.memoryBytes) + " memory", run.machine.system,
      "\(run.machine.simd) kernels", "seed \(run.seed)", spelledDate(run.date),
    ]
    if !run.commit.isEmpty { parts.append("Needletail \(run.commit)") }
    return parts.joined(separator: "; ") + "."
  }
}
