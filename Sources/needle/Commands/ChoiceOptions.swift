public import ArgumentParser
internal import Needletail
internal import Reporting

extension QueryMode: ExpressibleByArgument {}

/// What of an index is left to be chosen: its kind, or the parameters that fit a number of bytes.
struct ChoiceOptions: ParsableArguments {
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "With --backend auto: how queries come, many in a call (batch) or one (single); "
        + "default: batch.",
      valueName: "mode"
    )
  )
  var mode: QueryMode?

  @Option(
    help: ArgumentHelp(
      "The most that the index may take a vector, all sections and ids: chooses codec, layout and "
        + "rerank of hnsw, or limits --backend auto.",
      valueName: "bytes"
    )
  )
  var bytesPerVector: Double?

  /// The name that leaves the kind of index open.
  static let automatic = "auto"

  /// What was chosen.
  struct Chosen {
    let specification: IndexSpecification
    /// Why, where the kind was chosen.
    var choice: BackendChoice?
    /// Why, where parameters were.
    var reason = ""
  }

  func validate() throws {
    if let bytesPerVector, !(bytesPerVector > 0 && bytesPerVector.isFinite) {
      throw ValidationError(
        "--bytes-per-vector \(bytesPerVector) is not allowed; it is a number above 0"
      )
    }
  }

  /// Finds options that do not go with a specification.
  func check(_ specification: String) throws {
    guard specification != Self.automatic else { return }
    if specification.hasPrefix("\(Self.automatic):") {
      throw ValidationError(
        "--backend \(specification) is not allowed; auto has no parameters: name a backend for them"
      )
    }
    if mode != nil { throw ValidationError("--for goes with --backend auto; give both") }
    let name = specification.split(separator: ":").first
    if bytesPerVector != nil, name != "hnsw" {
      throw ValidationError(
        "--bytes-per-vector goes with --backend hnsw or auto; \(specification) has its size"
      )
    }
  }

  /// Reads a specification, and chooses what it leaves open.
  ///
  /// - Parameters:
  ///   - text: backend and parameters as given, or `auto`.
  ///   - vectors: the set.
  ///   - queries: queries of the kind to come, where there are some.
  ///   - recall: the recall asked for, with the numbers of neighbors.
  ///   - options: metric, threads, seed, and where progress goes.
  /// - Returns: a specification, with the reasons where something was chosen.
  /// - Throws: ``VectorCore/IndexError``, or ``Needletail/BudgetError`` where nothing fits.
  func choose(
    _ text: String,
    for vectors: VectorSet,
    queries: VectorSet?,
    recall: (target: Double?, ks: [Int]),
    _ options: BuildOptions
  ) throws -> Chosen {
    guard text == Self.automatic else {
      let asked = try IndexSpecification(parsing: text)
      guard let bytesPerVector else { return Chosen(specification: asked) }
      let graph = try GraphBudget(
        within: bytesPerVector,
        given: asked.parameters,
        over: vectors,
        metric: options.metric
      )
      return Chosen(
        specification: graph.specification,
        reason:
          "at most \(NumberText.short(bytesPerVector)) bytes per vector leave room for \(graph.specification), "
          + "of \(NumberText.fixed(graph.bytesPerVector, 1))"
      )
    }
    let goal = try SearchGoal(
      mode: mode ?? .batch,
      recall: recall.target ?? 0.95,
      k: recall.ks.max() ?? 10,
      bytesPerVector: bytesPerVector
    )
    let choice = try chooseBackend(
      for: vectors,
      metric: options.metric,
      goal: goal,
      queries: queries,
      threads: options.threads,
      seed: options.seed,
      progress: options.progress
    )
    let chosen = try IndexSpecification(parsing: choice.specification)
    return Chosen(specification: chosen, choice: choice, reason: choice.reason)
  }
}
