/// Numbers in words and digits, for people: tables, axes and the report.
package enum NumberText {
  /// What stands for a number that is not finite, which no measurement should give.
  package static let none = "–"

  /// `value` with exactly `digits` decimals, halves away from zero.
  package static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return none }
    let scale = powerOfTen(digits)
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let units = Int(scaled)
    let sign = value < 0 && units > 0 ? "-" : ""
    guard digits > 0 else { return sign + "\(units)" }
    let text = String(units)
    let padded = String(repeating: "0", count: max(digits + 1 - text.count, 0)) + text
    return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
  }

  /// `value` with about three significant digits and no exponent: 0.012, 1.23, 45.6, 789.
  package static func short(_ value: Double) -> String {
    guard value.isFinite else { return none }
    let size = abs(value)
    if size == 0 { return "0" }
    if size >= 99.95 { return fixed(value, 0) }
    if size >= 9.995 { return fixed(value, 1) }
    if size >= 0.9995 { return fixed(value, 2) }
    return fixed(value, size >= 0.0095 ? 3 : 4)
  }

  /// A difference with exactly `digits` decimals and a sign, a true minus, where it is not 0:
  /// +0.0120, −1.2300.
  package static func signed(_ value: Double, _ digits: Int) -> String {
    let text = fixed(value, digits)
    if text.hasPrefix("-") { return "−" + text.dropFirst() }
    return value > 0 && text != fixed(0, digits) ? "+" + text : text
  }

  /// A number of an axis, without decimals that are all zero: −0.25, 10.
  package static func tick(_ value: Double) -> String {
    var text = fixed(value, 6)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  /// A probability after its sign: = 0.0312, < 0.0001.
  package static func probability(_ value: Double) -> String {
    value < 0.000_1 ? "< 0.0001" : "= " + fixed(value, 4)
  }

  /// Digits in groups of three: 390,000.
  package static func grouped(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    return value < 0 ? "-" + text : text
  }

  /// A rate: 12,345 from a hundred on, three significant digits below.
  package static func rate(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 9e15 else { return none }
    return value >= 99.95 ? grouped(Int(value.rounded())) : short(value)
  }

  /// Bytes in decimal units: 153 kB, 1.24 GB.
  package static func bytes(_ value: Int) -> String {
    scaled(Double(value), step: 1000, units: ["B", "kB", "MB", "GB", "TB"])
  }

  /// A time given in microseconds: 78.2 µs, 1.23 ms, 2.5 s.
  package static func microseconds(_ value: Double) -> String {
    value < 999_500
      ? scaled(value, step: 1000, units: ["µs", "ms"]) : seconds(value / 1_000_000)
  }

  /// A time given in seconds: 4.2 ms, 12.3 s, 3 min 20 s, 2 h 5 min.
  package static func seconds(_ value: Double) -> String {
    guard value.isFinite, value < 9e15 else { return none }
    if value < 0.9995 { return scaled(value * 1_000_000, step: 1000, units: ["µs", "ms"]) }
    if value < 119.5 { return short(value) + " s" }
    let whole = Int(value.rounded())
    if whole < 7200 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// A share of one with four decimals, never rounded up to 1: 0.9531, 0.9999.
  package static func recall(_ value: Double) -> String {
    value < 1 ? fixed(min(value, 0.9999), 4) : fixed(value, 4)
  }

  private static func scaled(_ value: Double, step: Double, units: [String]) -> String {
    guard value.isFinite else { return none }
    var rest = value
    var unit = 0
    while abs(rest) >= step - 0.5, unit + 1 < units.count {
      rest /= step
      unit += 1
    }
    // Bytes come whole; a fraction of one would be nonsense.
    let text = units[unit] == "B" ? fixed(rest, 0) : short(rest)
    return "\(text) \(units[unit])"
  }

  private static func powerOfTen(_ exponent: Int) -> Double {
    (0..<exponent).reduce(1.0) { power, _ in power * 10 }
  }
}
