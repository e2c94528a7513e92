internal import VectorCore

/// One JSON object on one line, its keys in the order in which they were added.
package struct JSONLine {
  private var members: [String] = []

  /// An empty object.
  package init() {}

  /// The object: `{"a":1,"b":"x"}`.
  package var text: String { "{" + members.joined(separator: ",") + "}" }

  /// Adds a text.
  package mutating func add(_ key: String, _ value: String) { append(key, JSON.quoted(value)) }

  /// Adds a whole number.
  package mutating func add(_ key: String, _ value: some BinaryInteger) { append(key, "\(value)") }

  /// Adds a number with as many digits as identify it; JSON knows no NaN and no infinity, which
  /// become `null`.
  package mutating func add(_ key: String, _ value: Double) {
    append(key, value.isFinite ? "\(value)" : "null")
  }

  private mutating func append(_ key: String, _ value: String) {
    members.append("\(JSON.quoted(key)):\(value)")
  }
}
