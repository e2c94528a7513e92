internal import Filtering
internal import Glibc
internal import IndexStore
internal import VectorCore

/// An index that is ready to be timed, and what it cost to get there.
struct MeasuredIndex: Sendable {
  let facts: BenchmarkRecord.Index
  let searched: any VectorIndex
}

/// Builds one candidate, stores it, and opens it again.
struct BuildMeasurement {
  let plan: BenchmarkPlan
  let vectors: VectorSet
  /// One query, `[dimension]`, and how many neighbors it asks for.
  let probe: [Float]
  let k: Int

  func run(
    _ candidate: BenchmarkCandidate,
    progress: @escaping @Sendable (BuildProgress) -> Void
  ) throws -> MeasuredIndex {
    let clock = ContinuousClock()
    let name = candidate.backend.name
    let isOfBuild = ProcessMemory.resetPeak()
    let before = ProcessMemory.resident ?? 0
    let start = clock.now
    let built = try candidate.backend.makeIndex(
      over: vectors,
      parameters: candidate.parameters,
      options: BuildOptions(metric: plan.metric, threads: plan.threads, seed: plan.seed) { moment in
        progress(
          BuildProgress(
            phase: "build \(name): \(moment.phase)",
            done: moment.done,
            total: moment.total
          )
        )
      }
    )
    let buildSeconds = (clock.now - start).inSeconds
    let peak = ProcessMemory.peak ?? 0

    progress(BuildProgress(phase: "store \(name)", done: 0, total: 1))
    let path = temporaryPath()
    defer { unsafe unlink(path) }
    _ = try IndexFile.write(built, to: path, compress: plan.compress, threads: plan.threads)
    progress(BuildProgress(phase: "store \(name)", done: 1, total: 1))

    let opening = clock.now
    let file = try IndexFile.open(path)
    let opened = try file.index(using: [candidate.backend])
    _ = try opened.search(probe.span, k: k, parameters: candidate.settings[0])
    let openMilliseconds = (clock.now - opening).inSeconds * 1000

    let subject = plan.subject == .opened ? opened : built
    return MeasuredIndex(
      facts: BenchmarkRecord.Index(
        backend: name,
        spec: built.summary.spec,
        buildSeconds: buildSeconds,
        peakBytes: peak,
        addedBytes: max(peak - before, 0),
        peakIsOfBuild: isOfBuild,
        fileBytes: file.fileBytes,
        openMilliseconds: openMilliseconds
      ),
      searched: try plan.filter.map { try subject.matching($0.rows, plan: $0.plan) } ?? subject
    )
  }

  /// A name that no other benchmark in this folder uses: indexes are made one at a time.
  private func temporaryPath() -> String {
    "\(plan.scratchFolder)/.needle-bench-\(getpid()).index"
  }
}
