internal import GraphIndex
internal import IndexStore
public import VectorCore

/// Construction parameters of the backend `hnsw` that keep an index within a number of bytes a vector.
public struct GraphBudget: Sendable {
  /// Backend and parameters: `hnsw:codec=sq8,layout=slim,rerank=residual`.
  public let specification: IndexSpecification
  /// What the index is going to take a vector: the whole file over the number of vectors, ids included,
  /// without compression.
  public let bytesPerVector: Double

  /// Picks the best parameters whose index takes at most `limit` bytes a vector.
  ///
  /// All bytes of the file count: links, codes, the rows that the last candidates are ranked by, ids, and
  /// what an index has once. From best to smallest: neighbors' codes in the row, from 96 dimensions on;
  /// codes of 8 and 4 bits, or along principal axes, with rests to rank by; the same without rests; signs.
  /// Fewer links are the last resort, down to `M=8`; only where there are 64 of short vectors, which
  /// then outweigh all else, they become 32 before rests are given up. Codes along axes are counted with
  /// as many axes as they may need, so that no set exceeds the limit.
  /// - Parameters:
  ///   - limit: bytes a vector, above 0.
  ///   - given: construction parameters that are not to be chosen; `auto`, and 0 for `M`, leave them open.
  ///   - vectors: the set, at least one vector; nothing but its size is looked at.
  ///   - metric: how vectors are compared.
  /// - Throws: ``VectorCore/IndexError`` for a limit or parameters that make no sense and for an empty
  ///   set; ``BudgetError/tooSmall(limit:smallest:specification:)``.
  public init(
    within limit: Double,
    given: Parameters = [:],
    over vectors: VectorSet,
    metric: Metric
  ) throws {
    try checkBudget(limit)
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    let name = HNSWBackend.name
    let resolved = try given.resolved(against: HNSWBackend.buildParameters, owner: name)
    var best: (parameters: Parameters, bytes: Double)?
    var smallest: (parameters: Parameters, bytes: Double)?
    for rung in Self.ladder(dimension: vectors.dimension) {
      var parameters = given
      for entry in rung.entries where Self.isOpen(entry.name, resolved) {
        parameters[entry.name] = entry.value
      }
      guard let bytes = try Self.bytes(parameters, over: vectors, metric: metric) else { continue }
      if bytes < smallest?.bytes ?? .infinity { smallest = (parameters, bytes) }
      if bytes <= limit {
        best = (parameters, bytes)
        break
      }
    }
    guard let best else {
      // What was given contradicts itself where no rung goes with it: the estimate says how.
      guard let smallest else {
        _ = try HNSWBackend.memory(
          count: vectors.count,
          dimension: vectors.dimension,
          parameters: resolved,
          options: BuildOptions(metric: metric)
        )
        throw BudgetError.nothingOpen(specification: "\(name):\(given)")
      }
      throw BudgetError.tooSmall(
        limit: limit,
        smallest: smallest.bytes,
        specification: "\(name):\(smallest.parameters)"
      )
    }
    specification = try IndexSpecification(parsing: "\(name):\(best.parameters)")
    bytesPerVector = best.bytes
  }

  /// Parameters to try, best first.
  private static func ladder(dimension: Int) -> [Parameters] {
    let small: [Parameters] = ["sq8", "leanvec", "sq4"].map { codec(.text($0), rerank: "residual") }
    // Along axes where that is what the backend prefers.
    let coded = dimension >= 192 ? [small[1], small[0], small[2]] : [small[0], small[2]]
    let bare = coded.map { rung in
      var rung = rung
      rung["rerank"] = "none"
      return rung
    }
    let signs = codec("rabitq", rerank: "none")
    let exact: [Parameters] =
      dimension <= 16
      ? [codec("f32", rerank: "none")]
      : dimension <= 32 ? [codec("f16", rerank: "none")] : []
    let fat: [Parameters] =
      dimension >= 96 ? [["codec": "pq", "layout": "fat", "rerank": "residual"]] : []
    let full = fat + exact + coded
    guard dimension < 96 else {
      return full + bare + [signs] + fewer(bare + [signs], below: 16)
    }
    return full + (full + bare + [signs]).map { linked($0, 16) } + fewer(bare + [signs], below: 16)
  }

  private static func codec(_ codec: ParameterValue, rerank: ParameterValue) -> Parameters {
    ["codec": codec, "layout": "slim", "rerank": rerank]
  }

  private static func fewer(_ rungs: [Parameters], below most: Int) -> [Parameters] {
    stride(from: most - 1, through: 8, by: -1).flatMap { links in rungs.map { linked($0, links) } }
  }

  private static func linked(_ rung: Parameters, _ links: Int) -> Parameters {
    var rung = rung
    rung["M"] = .integer(links)
    return rung
  }

  /// Whether a parameter may be chosen.
  private static func isOpen(_ name: String, _ resolved: Parameters) -> Bool {
    name == "M" ? resolved.integer("M") == 0 : resolved.text(name) == "auto"
  }

  /// The bytes a vector; `nil` where the parameters do not go together.
  private static func bytes(
    _ parameters: Parameters,
    over vectors: VectorSet,
    metric: Metric
  ) throws -> Double? {
    let resolved = try parameters.resolved(
      against: HNSWBackend.buildParameters,
      owner: HNSWBackend.name
    )
    let memory = try? HNSWBackend.memory(
      count: vectors.count,
      dimension: vectors.dimension,
      parameters: resolved,
      BuildOptions(metric: metric),
      axes: HNSWBackend.mostLeanAxes(dimension: vectors.dimension, metric: metric)
    )
    guard let memory else { return nil }
    let ids = vectors.ids.byteCount.map { [BuildMemory.Part("ids", $0)] } ?? []
    let whole = BuildMemory(sections: ids + memory.sections, peak: [], search: [], remedy: "")
    return Double(whole.fileBytes) / Double(vectors.count)
  }
}

/// Checks a number of bytes a vector.
///
/// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)``.
package func checkBudget(_ limit: Double) throws(IndexError) {
  guard limit > 0, limit.isFinite else {
    throw .invalidParameter(
      name: "bytes-per-vector",
      value: "\(limit)",
      allowed: "a number above 0"
    )
  }
}

/// A number of bytes a vector that cannot be kept to.
public enum BudgetError: NeedletailError, Equatable {
  /// No index is that small; what the smallest takes.
  case tooSmall(limit: Double, smallest: Double, specification: String)
  /// The parameters given leave nothing to choose.
  case nothingOpen(specification: String)
  /// No kind of index keeps to the number and reaches the recall; the highest recall of those that
  /// keep to it.
  case recallNotReached(limit: Double?, recall: Double, best: Double, specification: String)

  /// Wrong usage: more bytes or another wish help.
  public var kind: FailureKind { .usage }

  /// One line with the figures and the remedy.
  public var description: String {
    switch self {
    case .tooSmall(let limit, let smallest, let specification):
      "\(Self.shown(limit)) bytes per vector are too few; the least is \(Self.shown(smallest)), with "
        + specification
    case .nothingOpen(let specification):
      "\(specification) leaves nothing to choose by bytes per vector; leave some of them out"
    case .recallNotReached(let limit, let recall, let best, let specification):
      "no index"
        + (limit.map { " of at most \(Self.shown($0)) bytes per vector" } ?? "")
        + " reached recall \(recall) on the sample; the best was \(specification) with "
        + "\(RecallCurve.shown(best)); allow more bytes or ask for a lower recall"
    }
  }

  /// A number of bytes with a decimal, rounded up, so that it suffices.
  private static func shown(_ bytes: Double) -> String {
    let tenths = Int((min(bytes, 1e15) * 10).rounded(.up))
    return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}
