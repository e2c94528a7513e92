/// A parameter's value as it was written.
public enum ParameterValue: Sendable, Equatable, CustomStringConvertible,
  ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral
{
  /// A whole number.
  case integer(Int)
  /// A number with a fraction.
  case real(Double)
  /// Anything else.
  case text(String)

  /// Creates a whole number.
  public init(integerLiteral value: Int) { self = .integer(value) }
  /// Creates a real number.
  public init(floatLiteral value: Double) { self = .real(value) }
  /// Creates a text.
  public init(stringLiteral value: String) { self = .text(value) }

  /// Reads the narrowest of the three kinds that `text` spells.
  public init(parsing text: some StringProtocol) {
    if let value = Int(text) {
      self = .integer(value)
    } else if let value = Double(text), value.isFinite {
      self = .real(value)
    } else {
      self = .text(String(text))
    }
  }

  /// The value as it is written in a specification.
  public var description: String {
    switch self {
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): value
    }
  }

  /// The value as a number, or `nil` for a text.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    case .text: nil
    }
  }
}

/// Named values, in the order in which they were given: `M=32,efConstruction=200`.
public struct Parameters: Sendable, Equatable, CustomStringConvertible,
  ExpressibleByDictionaryLiteral
{
  /// The name under which a search asks an index with a recall curve for a recall; no backend has
  /// a parameter of this name.
  public static let recallName = "recall"

  /// Name and value pairs; names are unique.
  public private(set) var entries: [Entry]

  /// One name with its value.
  public struct Entry: Sendable, Equatable {
    /// The parameter's name in the field's spelling.
    public let name: String
    /// Its value.
    public let value: ParameterValue
  }

  /// Creates parameters from literal pairs; a later value replaces an earlier one.
  public init(dictionaryLiteral elements: (String, ParameterValue)...) {
    entries = []
    for (name, value) in elements { self[name] = value }
  }

  /// Reads `name=value[,name=value]…`; an empty text gives no parameters.
  ///
  /// - Throws: ``IndexError/invalidParameter(name:value:allowed:)`` for a part without `=`, or for
  ///   a name that is given twice.
  public init(parsing text: some StringProtocol) throws(IndexError) {
    entries = []
    guard !text.isEmpty else { return }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
        throw .invalidParameter(name: "parameter", value: String(part), allowed: "name=value")
      }
      let name = String(sides[0])
      guard self[name] == nil else {
        throw .invalidParameter(name: name, value: String(sides[1]), allowed: "given once only")
      }
      self[name] = ParameterValue(parsing: sides[1])
    }
  }

  /// The value of `name`, or `nil` where it was not given.
  public subscript(name: String) -> ParameterValue? {
    get { entries.first { $0.name == name }?.value }
    set {
      let place = entries.firstIndex { $0.name == name }
      switch (place, newValue) {
      case (let place?, let value?): entries[place] = Entry(name: name, value: value)
      case (let place?, nil): entries.remove(at: place)
      case (nil, let value?): entries.append(Entry(name: name, value: value))
      case (nil, nil): break
      }
    }
  }

  /// `name=value,name=value`.
  public var description: String {
    entries.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
  }
}

/// What a backend says of one of its parameters: name, allowed values, default, meaning.
public struct ParameterDescription: Sendable {
  /// The values a parameter may take.
  public enum Domain: Sendable {
    /// Whole numbers in a range.
    case integer(ClosedRange<Int>)
    /// Real numbers in a range.
    case real(ClosedRange<Double>)
    /// One of some words.
    case choice([String])
  }

  /// The parameter's name in the field's spelling.
  public let name: String
  /// The values it may take.
  public let domain: Domain
  /// The value used where none is given.
  public let defaultValue: ParameterValue
  /// One line on its meaning and cost.
  public let summary: String
  /// Values that a sweep tries in turn, cheapest first; empty for a parameter not worth sweeping.
  public let sweep: [ParameterValue]

  /// Describes one parameter.
  public init(
    _ name: String,
    _ domain: Domain,
    default defaultValue: ParameterValue,
    sweep: [ParameterValue] = [],
    _ summary: String
  ) {
    self.name = name
    self.domain = domain
    self.defaultValue = defaultValue
    self.sweep = sweep
    self.summary = summary
  }

  /// The allowed values in words: "a whole number from 1 to 512".
  public var allowed: String {
    switch domain {
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .real(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    }
  }

  fileprivate func admits(_ value: ParameterValue) -> Bool {
    switch (domain, value) {
    case (.integer(let range), .integer(let value)): range.contains(value)
    case (.real(let range), .integer(let value)): range.contains(Double(value))
    case (.real(let range), .real(let value)): range.contains(value)
    case (.choice(let words), let value): words.contains(value.description)
    default: false
    }
  }
}

extension Parameters {
  /// Checks every value against its description and fills in what was not given.
  ///
  /// - Parameters:
  ///   - descriptions: the parameters that `owner` knows.
  ///   - owner: who is asking, for the message: "hnsw".
  /// - Returns: one entry per description, in the descriptions' order.
  /// - Throws: ``IndexError/unknownParameter(name:owner:known:)``,
  ///   ``IndexError/invalidParameter(name:value:allowed:)``, or
  ///   ``IndexError/noRecallCurve(owner:tunable:)`` for the parameter `recall`, which only an index
  ///   with a recall curve knows.
  public func resolved(
    against descriptions: [ParameterDescription],
    owner: String
  ) throws(IndexError) -> Parameters {
    for entry in entries where !descriptions.contains(where: { $0.name == entry.name }) {
      guard entry.name != Self.recallName else {
        throw .noRecallCurve(owner: owner, tunable: descriptions.contains { !$0.sweep.isEmpty })
      }
      throw .unknownParameter(
        name: entry.name,
        owner: owner,
        known: descriptions.map(\.name)
      )
    }
    var result: Parameters = [:]
    result.entries.reserveCapacity(descriptions.count)
    for description in descriptions {
      let value = self[description.name] ?? description.defaultValue
      guard description.admits(value) else {
        throw .invalidParameter(
          name: description.name,
          value: value.description,
          allowed: description.allowed
        )
      }
      result.entries.append(Entry(name: description.name, value: value))
    }
    return result
  }

  /// A whole number from parameters that ``resolved(against:owner:)`` returned.
  public func integer(_ name: String) -> Int {
    guard case .integer(let value)? = self[name] else {
      preconditionFailure("\(name) is no resolved whole number in \(self)")
    }
    return value
  }

  /// A real number from parameters that ``resolved(against:owner:)`` returned.
  public func real(_ name: String) -> Double {
    switch self[name] {
    case .real(let value)?: return value
    case .integer(let value)?: return Double(value)
    default: preconditionFailure("\(name) is no resolved number in \(self)")
    }
  }

  /// A word from parameters that ``resolved(against:owner:)`` returned.
  public func text(_ name: String) -> String {
    guard let value = self[name] else {
      preconditionFailure("\(name) is not among the resolved parameters \(self)")
    }
    return value.description
  }
}
