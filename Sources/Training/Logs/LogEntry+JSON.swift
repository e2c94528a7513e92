internal import VectorCore

extension LogEntry {
  /// Why a line is no entry.
  struct Malformed: Error, Equatable {
    let reason: String
  }

  /// The entry as an object on one line: `{"step":50,"epoch":0.1,"seconds":12.5,"loss":0.7,…}`.
  var json: String {
    var members = [
      ("step", "\(step)"), ("epoch", Self.written(epoch)), ("seconds", Self.written(seconds)),
    ]
    if let optimization {
      members += [
        ("loss", Self.written(optimization.loss)),
        ("learning_rate", Self.written(optimization.learningRate)),
        ("grad_norm", Self.written(optimization.gradientNorm)),
        ("tokens_per_second", Self.written(optimization.tokensPerSecond)),
        ("queries_per_second", Self.written(optimization.queriesPerSecond)),
      ]
    }
    if !validation.isEmpty {
      members.append(
        ("validation", Self.object(validation.map { ($0.name, Self.written($0.value)) }))
      )
    }
    return Self.object(members)
  }

  /// Reads a line without its end, an object that ``json`` wrote; members that are not known are
  /// skipped.
  init(line: ArraySlice<UInt8>) throws(Malformed) {
    let json: JSON
    do {
      json = try JSON(parsing: Array(line))
    } catch {
      throw Malformed(reason: "byte \(error.offset + 1) of the line: \(error.reason)")
    }
    guard json.members != nil else { throw Malformed(reason: "\(json.kind), not an object") }
    guard let step = json["step"]?.integer, step >= 0 else {
      throw Malformed(reason: "'step' is no whole number")
    }
    self.init(
      step: step,
      epoch: try Self.number("epoch", in: json),
      seconds: try Self.number("seconds", in: json)
    )
    if json["loss"] != nil {
      optimization = Optimization(
        loss: try Self.number("loss", in: json),
        learningRate: try Self.number("learning_rate", in: json),
        gradientNorm: try Self.number("grad_norm", in: json),
        tokensPerSecond: try Self.number("tokens_per_second", in: json),
        queriesPerSecond: try Self.number("queries_per_second", in: json)
      )
    }
    guard let measures = json["validation"] else { return }
    guard let members = measures.members else {
      throw Malformed(reason: "'validation' is \(measures.kind), not an object")
    }
    for member in members {
      validation.append(Measure(member.name, try Self.number(member.name, in: measures)))
    }
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(JSON.quoted($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }

  /// JSON knows no NaN and no infinity, which become `null`.
  private static func written(_ value: Double) -> String {
    value.isFinite ? "\(value)" : "null"
  }

  /// A number of an object, NaN for `null`.
  private static func number(_ name: String, in json: JSON) throws(Malformed) -> Double {
    switch json[name] {
    case .null: return .nan
    case .number(let digits):
      guard let value = Double(digits) else { throw Malformed(reason: "'\(name)' is too large") }
      return value
    case .some(let other): throw Malformed(reason: "'\(name)' is \(other.kind), not a number")
    case nil: throw Malformed(reason: "'\(name)' is missing")
    }
  }
}
