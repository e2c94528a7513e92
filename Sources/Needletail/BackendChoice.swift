internal import Glibc
public import VectorCore

/// How the time of a query grows with the number of vectors: what turns a rate on a sample into one
/// that is expected of the set.
///
/// The setting is taken to be that of the sample, although a larger set may need a wider search: the
/// expected rate is an upper limit. 390,000 GloVe vectors of 50 dimensions, one query at a time, recall
/// 0.95, by a sample of 50,000: `ivf` was to answer 29,900 a second and answered 28,700; `hnsw` was to
/// answer 50,000 and answered 34,000, since it needs efSearch=40 there and 24 in the sample.
public enum QueryGrowth: Sendable, Equatable {
  /// With n: every vector is compared.
  case linear
  /// With √n: lists grow in number and in length with the root each, and about the same number is scanned.
  case squareRoot
  /// With log n: the steps of a walk. Cache misses, which become more in a larger graph, come on top.
  case logarithmic

  /// The queries a second expected of `count` vectors, from those of a sample.
  ///
  /// - Parameters:
  ///   - rate: queries a second on the sample.
  ///   - sample: vectors there, at least 1.
  ///   - count: vectors of the set, at least 1.
  /// - Returns: the rate, the same where both are as many.
  public func rate(_ rate: Double, from sample: Int, to count: Int) -> Double {
    let (from, to) = (Double(max(sample, 2)), Double(max(count, 2)))
    return switch self {
    case .linear: rate * from / to
    case .squareRoot: rate * (from / to).squareRoot()
    case .logarithmic: rate * log(from) / log(to)
    }
  }
}

/// A kind of index that may be chosen, with what was measured of it.
public struct BackendCandidate: Sendable, Equatable {
  /// What was measured on the sample.
  public struct Measurement: Sendable, Equatable {
    /// The search parameters: the cheapest that reach the recall, or the best where none do.
    public let setting: Parameters
    /// The recall there, `0...1`.
    public let recall: Double
    /// Queries a second there.
    public let rate: Double

    /// Collects what was measured.
    public init(setting: Parameters, recall: Double, rate: Double) {
      self.setting = setting
      self.recall = recall
      self.rate = rate
    }
  }

  /// Backend and construction parameters.
  public let specification: String
  /// How its time grows.
  public let growth: QueryGrowth
  /// What an index of the whole set takes a vector, see ``GraphBudget/bytesPerVector``.
  public let bytesPerVector: Double
  /// What was measured; `nil` where it was not built.
  public let measurement: Measurement?
  /// Why it was not built; empty where it was.
  public let note: String

  /// Describes a candidate.
  public init(
    specification: String,
    growth: QueryGrowth,
    bytesPerVector: Double,
    measurement: Measurement?,
    note: String = ""
  ) {
    self.specification = specification
    self.growth = growth
    self.bytesPerVector = bytesPerVector
    self.measurement = measurement
    self.note = note
  }
}

/// Which kind of index was chosen for a set, from what.
public struct BackendChoice: Sendable, Equatable {
  /// What was compared, in the order of trying.
  public let candidates: [BackendCandidate]
  /// What was chosen, backend and construction parameters.
  public let specification: String
  /// Vectors of the sample that was measured on; 0 where nothing was measured.
  public let sample: Int
  /// Vectors of the set.
  public let count: Int
  /// What the index is for.
  public let goal: SearchGoal

  /// Why it was chosen, in a few words.
  public var reason: String {
    guard sample > 0 else { return "exact search of \(count) vectors takes no time worth saving" }
    let budget = goal.bytesPerVector == nil ? "" : " within the bytes per vector"
    return
      "the most queries a second expected in \(goal.mode == .batch ? "batches" : "single calls") "
      + "at recall \(goal.recall)\(budget)"
  }

  /// A choice without measurements.
  init(exact specification: String, count: Int, goal: SearchGoal) {
    candidates = []
    self.specification = specification
    sample = 0
    self.count = count
    self.goal = goal
  }

  /// Chooses the candidate with the highest rate expected of the set among those that reach the
  /// recall within the bytes; the first of equal ones.
  ///
  /// The same measurements give the same choice.
  /// - Parameters:
  ///   - candidates: what was measured.
  ///   - sample: vectors of the sample, at least 1.
  ///   - count: vectors of the set.
  ///   - goal: recall and bytes.
  /// - Throws: ``BudgetError/recallNotReached(limit:recall:best:specification:)`` where none is left.
  public init(
    among candidates: [BackendCandidate],
    sample: Int,
    count: Int,
    goal: SearchGoal
  ) throws(BudgetError) {
    self.candidates = candidates
    self.sample = sample
    self.count = count
    self.goal = goal
    let limit = goal.bytesPerVector ?? .infinity
    var best: (rate: Double, specification: String)?
    var nearest: (recall: Double, specification: String)?
    for candidate in candidates where candidate.bytesPerVector <= limit {
      guard let measured = candidate.measurement else { continue }
      if measured.recall > nearest?.recall ?? -1 {
        nearest = (measured.recall, candidate.specification)
      }
      let rate = candidate.growth.rate(measured.rate, from: sample, to: count)
      if measured.recall >= goal.recall, rate > best?.rate ?? 0 {
        best = (rate, candidate.specification)
      }
    }
    guard let best else {
      guard let nearest else {
        let smallest = candidates.min { $0.bytesPerVector < $1.bytesPerVector }
        throw .tooSmall(
          limit: limit,
          smallest: smallest?.bytesPerVector ?? 0,
          specification: smallest?.specification ?? "no index"
        )
      }
      throw .recallNotReached(
        limit: goal.bytesPerVector,
        recall: goal.recall,
        best: nearest.recall,
        specification: nearest.specification
      )
    }
    specification = best.specification
  }

  /// The queries a second that are expected of a candidate; `nil` where it was not measured.
  public func expectedRate(of candidate: BackendCandidate) -> Double? {
    candidate.measurement.map { candidate.growth.rate($0.rate, from: sample, to: count) }
  }
}
