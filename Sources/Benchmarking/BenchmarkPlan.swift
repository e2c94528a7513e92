public import IndexStore
public import VectorCore

/// What a benchmark builds, searches and times.
public struct BenchmarkPlan: Sendable {
  /// One index to build, with the search settings to try on it.
  public struct Candidate: Sendable {
    /// The backend.
    public let backend: any IndexBackend.Type
    /// Construction parameters as given; the rest takes its defaults.
    public let parameters: Parameters
    /// Search settings in the order in which they are tried, cheapest first; at least one.
    public let settings: [Parameters]

    /// Takes the settings as they are.
    ///
    /// - Throws: ``VectorCore/IndexError`` for a parameter that the backend does not know or allow,
    ///   so that a benchmark fails before its first build.
    public init(
      _ backend: any IndexBackend.Type,
      parameters: Parameters = [:],
      settings: [Parameters]
    ) throws {
      self.backend = backend
      self.parameters = parameters
      self.settings = settings
    }

    /// Sweeps the first search parameter that the backend describes with a sweep, or takes one
    /// setting, the defaults, where there is none.
    ///
    /// - Parameters:
    ///   - backend: the backend.
    ///   - parameters: construction parameters as given.
    ///   - sweep: values that replace the described ones, by parameter name: the entry whose name
    ///     is a search parameter of this backend counts, others are ignored.
    ///   - fixed: search parameters held at one value, where this backend knows them.
    /// - Throws: ``VectorCore/IndexError`` as ``init(_:parameters:settings:)``.
    public init(
      sweeping backend: any IndexBackend.Type,
      parameters: Parameters = [:],
      sweep: [String: [ParameterValue]] = [:],
      fixed: Parameters = [:]
    ) throws {
      try self.init(backend, parameters: parameters, settings: [[:]])
    }
  }

  /// Which copy of an index is searched.
  public enum Subject: String, Sendable {
    /// The index file, opened anew and mapped: what a service would search.
    case opened
    /// The index as it was built, in memory.
    case built
  }

  /// The indexes.
  public var candidates: [Candidate]
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
  public var budget: Duration = .seconds(2)
  /// Which copy is searched.
  public var subject = Subject.opened
  /// Whether index files are compressed.
  public var compress = false
  /// The data set's name in records and report.
  public var dataset: String
  /// The program's version or commit in records.
  public var version = ""
  /// The folder for temporary index files; nothing stays there.
  public var scratchFolder = "."

  /// Plans a benchmark with the default settings.
  public init(_ candidates: [Candidate], metric: Metric, dataset: String) {
    self.candidates = candidates
    self.metric = metric
    self.dataset = dataset
  }
}
