/// One JSON object on one line, its keys in the order in which they were added.
package struct JSONLine {
  private var members: [String] = []

  /// An empty object.
  package init() {}

  /// The object: `{"a":1,"b":"x"}`.
  package var text: String { "{" + members.joined(separator: ",") + "}" }

  /// Adds a text.
  package mutating func add(_ key: String, _ value: String) { append(key, Self.quoted(value)) }

  /// Adds a whole number.
  package mutating func add(_ key: String, _ value: some BinaryInteger) { append(key, "\(value)") }

  /// Adds a number with as many digits as identify it; JSON knows no NaN and no infinity, which
  /// become `null`.
  package mutating func add(_ key: String, _ value: Double) {
    append(key, value.isFinite ? "\(value)" : "null")
  }

  private mutating func append(_ key: String, _ value: String) {
    members.append("\(Self.quoted(key)):\(value)")
  }

  /// A JSON string: quotes, backslashes and control characters escaped, all else as it is.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // The separators are line breaks to JavaScript and to some readers of lines.
      case "\u{0}"..<"\u{20}", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
