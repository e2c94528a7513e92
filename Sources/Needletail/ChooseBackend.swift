internal import ClusterIndex
internal import FlatIndex
internal import GraphIndex
public import IndexStore
public import VectorCore

/// Chooses the kind of index for a set by a short measurement: `flat`, `ivf` or `hnsw`.
///
/// ```swift
/// let goal = try SearchGoal(mode: .single, recall: 0.9)
/// let choice = try chooseBackend(for: vectors, metric: .cosine, goal: goal, threads: 4)
/// let index = try buildIndex(over: vectors, choice.specification, metric: .cosine, threads: 4)
/// ```
/// Every candidate is built over a seeded sample of at most 50,000 vectors, tuned to the recall with
/// up to 1,000 others as queries, and timed in the mode asked for; its rate is extrapolated to the set, see
/// ``QueryGrowth``. Sets of fewer than 2,000 vectors get exact search at once. The faiss backends
/// are no candidates: they are there to compare with.
///
/// The sample is the same on every run, but times are of the machine and the moment: where two candidates
/// are about equally fast, another run may choose the other. Name the specification that came out where the
/// same index is wanted again.
/// - Parameters:
///   - vectors: at least one vector.
///   - metric: how vectors are compared.
///   - goal: what the index is for.
///   - queries: queries of the kind to come; `nil` for a sample of the vectors, held out.
///   - threads: how many threads may work, at least 1; batches are timed with as many.
///   - seed: of the sample and of every random choice in the constructions.
///   - progress: called now and then, from one thread at a time.
/// - Returns: the choice with all that was measured.
/// - Throws: ``BudgetError`` where no candidate meets the goal; ``VectorCore/IndexError`` for an empty
///   set, `threads` out of range, and vectors that no index can hold; ``VectorCore/FileError`` where vectors
///   cannot be read.
public func chooseBackend(
  for vectors: VectorSet,
  metric: Metric,
  goal: SearchGoal,
  queries: VectorSet? = nil,
  threads: Int = 1,
  seed: UInt64 = 42,
  progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
) throws -> BackendChoice {
  guard threads >= 1 else {
    throw IndexError.invalidParameter(name: "threads", value: "\(threads)", allowed: "at least 1")
  }
  let candidates = try ChoiceCandidates(vectors, metric: metric, limit: goal.bytesPerVector).all
  let limit = goal.bytesPerVector ?? .infinity
  if vectors.count < ChoiceSample.leastCount, candidates[0].bytesPerVector <= limit {
    return BackendChoice(exact: candidates[0].specification, count: vectors.count, goal: goal)
  }
  let fitting = candidates.filter { $0.bytesPerVector <= limit }
  guard !fitting.isEmpty else {
    return try BackendChoice(among: candidates, sample: 1, count: vectors.count, goal: goal)
  }
  let sample = try ChoiceSample(vectors, metric: metric, queries: queries, seed: seed)
  let measured = try candidates.map { candidate in
    guard candidate.bytesPerVector <= limit else { return candidate }
    let options = BuildOptions(
      metric: metric,
      threads: threads,
      seed: seed,
      progress: { event in
        let phase = "measuring \(candidate.specification)"
        progress(BuildProgress(phase: phase, done: event.done, total: event.total))
      }
    )
    return try sample.measured(candidate, goal: goal, options)
  }
  return try BackendChoice(
    among: measured,
    sample: sample.vectors.count,
    count: vectors.count,
    goal: goal
  )
}

/// What may be chosen for a set, not measured yet.
private struct ChoiceCandidates {
  private(set) var all: [BackendCandidate] = []

  init(_ vectors: VectorSet, metric: Metric, limit: Double?) throws {
    let most = limit ?? .infinity
    func add(_ text: String, _ growth: QueryGrowth) throws {
      let memory = try IndexSpecification(parsing: text).memory(over: vectors, metric: metric)
      all.append(
        BackendCandidate(
          specification: text,
          growth: growth,
          bytesPerVector: Double(memory?.fileBytes ?? 0) / Double(vectors.count),
          measurement: nil,
          note: Double(memory?.fileBytes ?? 0) > most * Double(vectors.count) ? "too large" : ""
        )
      )
    }
    try add(FlatBackend.name, .linear)
    try add("\(FlatBackend.name):first=int8", .linear)
    try add(IVFBackend.name, .squareRoot)
    if let last = all.last, last.bytesPerVector > most {
      try add("\(IVFBackend.name):rerank=residual", .squareRoot)
    }
    guard let limit else {
      try add(HNSWBackend.name, .logarithmic)
      return
    }
    do {
      let graph = try GraphBudget(within: limit, over: vectors, metric: metric)
      all.append(
        BackendCandidate(
          specification: graph.specification.description,
          growth: .logarithmic,
          bytesPerVector: graph.bytesPerVector,
          measurement: nil
        )
      )
    } catch BudgetError.tooSmall(_, let smallest, let specification) {
      all.append(
        BackendCandidate(
          specification: specification,
          growth: .logarithmic,
          bytesPerVector: smallest,
          measurement: nil,
          note: "too large"
        )
      )
    }
  }
}
