public import IndexStore
public import VectorCore

/// What a benchmark builds, searches and times.
public struct BenchmarkPlan: Sendable {
  /// Which copy of an index is searched.
  public enum Subject: String, Sendable {
    /// The index file, opened anew and mapped: what a service would search.
    case opened
    /// The index as it was built, in memory.
    case built
  }

  /// Which vectors searches may find.
  public struct Filter: Sendable {
    /// The condition as records and report show it.
    public let name: String
    /// The rows.
    public let rows: RowFilter
    /// How they are searched.
    public let plan: FilterPlan

    /// Names a condition with what it comes to.
    public init(name: String, rows: RowFilter, plan: FilterPlan = .auto) {
      self.name = name
      self.rows = rows
      self.plan = plan
    }
  }

  /// The indexes.
  public var candidates: [BenchmarkCandidate]
  /// How vectors are compared.
  public var metric: Metric
  /// Neighbors asked for per query, at least 1.
  public var k = 10
  /// Threads of builds and batches; single queries always run on one.
  public var threads = 1
  /// The seed of every construction.
  public var seed: UInt64 = 42
  /// How often each setting is timed, at least 1.
  public var rounds = 3
  /// The time that one setting may take in one round and mode.
  ///
  /// Single queries stop when it is used up. A batch is never cut short, since recall needs every
  /// query; a setting whose batches have taken `rounds` times this long is not timed again.
  public var budget: Duration = .seconds(2)
  /// Which copy is searched.
  public var subject = Subject.opened
  /// Whether index files are compressed.
  public var compress = false
  /// The data set's name in records and report.
  public var dataset: String
  /// The program's commit or version in records.
  public var commit = ""
  /// A figure of retrieval quality to show beside recall.
  public var quality: QualityMeasure?
  /// Which vectors searches may find; `nil` for all.
  ///
  /// The truth of the run is that of the same vectors.
  public var filter: Filter?
  /// The folder for temporary index files; nothing stays there.
  public var scratchFolder = "."

  /// Plans a benchmark with the default settings.
  public init(_ candidates: [BenchmarkCandidate], metric: Metric, dataset: String) {
    self.candidates = candidates
    self.metric = metric
    self.dataset = dataset
  }
}

/// One index to build, with the search settings to try on it.
public struct BenchmarkCandidate: Sendable {
  /// The backend.
  public let backend: any IndexBackend.Type
  /// Construction parameters as given; the rest takes its defaults.
  public let parameters: Parameters
  /// Search settings, complete, in the order in which they are tried: cheapest first.
  public let settings: [Parameters]

  /// Takes the settings as they are.
  ///
  /// - Parameters:
  ///   - backend: the backend.
  ///   - parameters: construction parameters as given.
  ///   - settings: search parameters as given, one entry per setting; none means the defaults.
  /// - Throws: ``VectorCore/IndexError`` for a parameter that the backend does not know or allow,
  ///   so that a benchmark fails before its first build.
  public init(
    _ backend: any IndexBackend.Type,
    parameters: Parameters = [:],
    settings: [Parameters]
  ) throws {
    self.backend = backend
    self.parameters = parameters
    _ = try parameters.resolved(against: backend.buildParameters, owner: backend.name)
    self.settings = try (settings.isEmpty ? [[:]] : settings).map { setting in
      try setting.resolved(against: backend.searchParameters, owner: backend.name)
    }
  }

  /// Sweeps the first search parameter that the backend describes with a sweep, or takes the
  /// defaults alone where there is none.
  ///
  /// - Parameters:
  ///   - backend: the backend.
  ///   - parameters: construction parameters as given.
  ///   - sweep: values to try instead, by parameter name. Only names among this backend's search
  ///     parameters count; with several, every combination is tried.
  ///   - fixed: search parameters held at one value, where this backend knows them.
  /// - Throws: ``VectorCore/IndexError`` as ``init(_:parameters:settings:)``.
  public init(
    sweeping backend: any IndexBackend.Type,
    parameters: Parameters = [:],
    sweep: [String: [ParameterValue]] = [:],
    fixed: Parameters = [:]
  ) throws {
    let known = backend.searchParameters
    var start: Parameters = [:]
    for entry in fixed.entries where known.contains(where: { $0.name == entry.name }) {
      start[entry.name] = entry.value
    }
    var settings = [start]
    let given = known.filter { sweep[$0.name] != nil }
    if !given.isEmpty {
      for description in given {
        let values = sweep[description.name] ?? []
        settings = settings.flatMap { $0.with(description.name, values) }
      }
    } else if let swept = known.first(where: { !$0.sweep.isEmpty }), start[swept.name] == nil {
      settings = start.with(swept.name, swept.sweep)
    }
    try self.init(backend, parameters: parameters, settings: settings)
  }

  /// Makes candidates for several backends from one sweep, as a command line gives it.
  ///
  /// - Parameters:
  ///   - specifications: backends with construction parameters.
  ///   - sweep: as for ``init(sweeping:parameters:sweep:fixed:)``.
  ///   - fixed: as there.
  /// - Returns: one candidate per backend, in their order.
  /// - Throws: ``VectorCore/IndexError`` as there, and where a name in `sweep` or `fixed` is a
  ///   search parameter of none of the backends.
  public static func candidates(
    _ specifications: [(backend: any IndexBackend.Type, parameters: Parameters)],
    sweep: [String: [ParameterValue]] = [:],
    fixed: Parameters = [:]
  ) throws -> [BenchmarkCandidate] {
    var known: [String] = []
    for name in specifications.flatMap({ $0.backend.searchParameters.map(\.name) })
    where !known.contains(name) {
      known.append(name)
    }
    for name in sweep.keys.sorted() + fixed.entries.map(\.name) where !known.contains(name) {
      let owners = specifications.map { $0.backend.name }
      throw IndexError.unknownParameter(
        name: name,
        owner: owners.joined(separator: ", "),
        known: known
      )
    }
    return try specifications.map { specification in
      try BenchmarkCandidate(
        sweeping: specification.backend,
        parameters: specification.parameters,
        sweep: sweep,
        fixed: fixed
      )
    }
  }
}

extension Parameters {
  fileprivate func with(_ name: String, _ values: [ParameterValue]) -> [Parameters] {
    values.map { value in
      var changed = self
      changed[name] = value
      return changed
    }
  }
}
