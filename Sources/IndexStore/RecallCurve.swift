public import VectorCore

/// What recall an index reaches at which setting of its search parameter, as measured on queries
/// whose true neighbors are known.
///
/// Stored in the index file, so that a search can ask for a recall instead of a setting.
public struct RecallCurve: Sendable, Equatable {
  /// Which queries were searched.
  public enum QuerySource: UInt16, Sendable {
    /// Vectors of the set, in an index of the same kind that was built without them.
    case heldOut = 0
    /// Vectors of the set, in the index that has them, each left out of its own neighbors.
    case leaveOneOut = 1
    /// Queries of their own.
    case given = 2
  }

  /// One setting with what it reached.
  public struct Point: Sendable, Equatable {
    /// The parameter's value, a number.
    public let value: ParameterValue
    /// The mean recall over the queries, `0...1`.
    public let recall: Double
    /// Its lower bound, see ``RecallBound``; at most ``recall``.
    public let lowerBound: Double

    /// Describes a setting.
    public init(value: ParameterValue, recall: Double, lowerBound: Double) {
      self.value = value
      self.recall = recall
      self.lowerBound = lowerBound
    }
  }

  /// The settings for one number of neighbors.
  public struct Table: Sendable, Equatable {
    /// Neighbors per query.
    public let k: Int
    /// The settings, cheapest first; the same values in every table of a curve.
    public let points: [Point]

    /// Joins a number of neighbors and its settings.
    public init(k: Int, points: [Point]) {
      self.k = k
      self.points = points
    }

    /// The setting with the highest bound, the cheapest of several.
    public var best: Point {
      points.dropFirst().reduce(points[0]) { $1.lowerBound > $0.lowerBound ? $1 : $0 }
    }
  }

  /// The search parameter that varies: "efSearch".
  public let parameter: String
  /// The recall that the index was tuned for, between 0 and 1; a search that asks for nothing
  /// gets it.
  public let target: Double
  /// How many queries were searched.
  public let queryCount: Int
  /// Which queries were searched.
  public let querySource: QuerySource
  /// One table for each k, ascending.
  public let tables: [Table]

  /// How many vectors of a set of `count` could be found in the searches that were measured.
  public func available(of count: Int) -> Int {
    switch querySource {
    case .heldOut: max(1, count - queryCount)
    case .leaveOneOut: max(1, count - 1)
    case .given: count
    }
  }

  /// The most tables and the most settings that a curve can hold.
  package static let tableLimit = 64
  package static let pointLimit = 1024

  /// Collects what was measured.
  ///
  /// - Parameters:
  ///   - parameter: the search parameter that varies.
  ///   - target: the recall of a search that asks for nothing.
  ///   - queryCount: how many queries were searched.
  ///   - querySource: which queries were searched.
  ///   - tables: one for each k.
  /// - Precondition: `k` and values rise, the values are all whole or all real numbers, the same in
  ///   every table, and recalls and bounds are in their ranges; at most 64 tables, 1,024 settings.
  public init(
    parameter: String,
    target: Double,
    queryCount: Int,
    querySource: QuerySource,
    tables: [Table]
  ) {
    self.init(
      unchecked: parameter,
      target: target,
      queryCount: queryCount,
      querySource: querySource,
      tables: tables
    )
    if let fault { preconditionFailure("no recall curve: \(fault)") }
  }

  init(
    unchecked parameter: String,
    target: Double,
    queryCount: Int,
    querySource: QuerySource,
    tables: [Table]
  ) {
    self.parameter = parameter
    self.target = target
    self.queryCount = queryCount
    self.querySource = querySource
    self.tables = tables
  }

  /// Whether a value can be asked for as a recall.
  public static func allows(target: Double) -> Bool { target > 0 && target < 1 }

  /// The targets that ``allows(target:)`` allows, in words.
  public static let allowedTargets =
    "a number above 0 and below 1, which only exact search is sure to have"

  /// What makes this no recall curve, or `nil` where it is one: names, numbers and orders that the
  /// rest of the code relies on.
  var fault: String? {
    guard Self.allows(name: parameter) else { return "the parameter has no name" }
    guard Self.allows(target: target) else { return "the target is \(target)" }
    guard (1...Int(UInt32.max)).contains(queryCount) else { return "\(queryCount) queries" }
    guard (1...Self.tableLimit).contains(tables.count) else { return "\(tables.count) tables" }
    guard tables[0].k >= 1, isRising(tables.map { Double($0.k) }) else {
      return "k is \(tables.map(\.k)), not rising from 1"
    }
    let values = tables[0].points.map(\.value)
    guard (1...Self.pointLimit).contains(values.count) else { return "\(values.count) settings" }
    let numbers = values.compactMap(\.number)
    guard Self.areOneKind(values) else { return "the values of \(parameter) are no numbers" }
    guard isRising(numbers) else { return "the values of \(parameter) do not rise" }
    for table in tables {
      guard table.points.map(\.value) == values else { return "the tables differ in their values" }
      for point in table.points {
        guard (0...1).contains(point.recall), (0...point.recall).contains(point.lowerBound) else {
          return "\(parameter)=\(point.value) has recall \(point.recall), at least "
            + "\(point.lowerBound)"
        }
      }
    }
    return nil
  }

  /// Whether values are all whole, small enough to be computed with as real numbers, or all real.
  private static func areOneKind(_ values: [ParameterValue]) -> Bool {
    values.allSatisfy { value in
      guard case .integer(let number) = value else { return false }
      return number.magnitude <= 1 << 53
    }
      || values.allSatisfy { value in
        guard case .real(let number) = value else { return false }
        return number.isFinite
      }
  }

  /// Names as backends have them: 1 to 64 ASCII letters, digits and underscores.
  static func allows(name: String) -> Bool {
    (1...64).contains(name.utf8.count)
      && name.unicodeScalars.allSatisfy {
        $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_")
      }
  }
}

private func isRising(_ numbers: [Double]) -> Bool {
  zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
}
