internal import VectorCore

/// A value that can be written as JSON.
enum JSONText: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  case text(String)
  case integer(Int)
  case unsigned(UInt64)
  case real(Double)
  case single(Float)
  case flag(Bool)
  case list([JSONText])
  /// Members in their order.
  case object([(name: String, value: JSONText)])
  case null

  init(stringLiteral value: String) { self = .text(value) }
  init(integerLiteral value: Int) { self = .integer(value) }

  /// The value on one line.
  var written: String {
    switch self {
    case .text(let text): JSON.quoted(text)
    case .integer(let number): "\(number)"
    case .unsigned(let number): "\(number)"
    // JSON has no words for infinity and NaN.
    case .real(let number): number.isFinite ? "\(number)" : "null"
    case .single(let number): number.isFinite ? "\(number)" : "null"
    case .flag(let flag): "\(flag)"
    case .list(let values): "[" + values.map(\.written).joined(separator: ",") + "]"
    case .object(let members):
      "{"
        + members.map { "\(JSON.quoted($0.name)):\($0.value.written)" }
        .joined(separator: ",") + "}"
    case .null: "null"
    }
  }
}
