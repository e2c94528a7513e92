/// A whole number: an optional sign and digits; `nil` for all else and beyond 32 bits.
func parseInteger(_ text: Span<UInt8>) -> Int32? {
  var index = 0
  let isNegative = text.count > 0 && text[0] == UInt8(ascii: "-")
  if isNegative || (text.count > 0 && text[0] == UInt8(ascii: "+")) { index = 1 }
  guard index < text.count else { return nil }
  var value: Int32 = 0
  while index < text.count {
    let digit = text[index] &- UInt8(ascii: "0")
    guard digit <= 9 else { return nil }
    let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
    // Downwards, since the smallest number has no positive counterpart.
    let (sum, carry) = tens.subtractingReportingOverflow(Int32(digit))
    guard !overflow, !carry else { return nil }
    value = sum
    index += 1
  }
  if isNegative { return value }
  return value == .min ? nil : -value
}

/// A decimal number, rounded to the nearest; `nil` for all else, such as NaN and infinity.
///
/// Up to 15 digits with a small exponent are exact in double precision, and so is the one product
/// or quotient that joins them (Clinger, "How to read floating point numbers accurately", PLDI
/// 1990); the rest takes the standard library's slower way.
func parseDecimal(_ text: Span<UInt8>) -> Double? {
  var parts = DecimalParts()
  guard parts.read(text) else { return nil }
  if parts.isExact, let power = powerOfTen(parts.exponent.magnitude) {
    let size = Double(parts.digits)
    let value = parts.exponent < 0 ? size / power : size * power
    return parts.isNegative ? -value : value
  }
  guard let value = Double(text.ascii), value.isFinite else { return nil }
  return value
}

/// A decimal number as a whole number and a power of ten.
private struct DecimalParts {
  var isNegative = false
  var digits: UInt64 = 0
  var exponent = 0
  /// Whether `digits` holds all digits, and exactly so in double precision.
  var isExact: Bool { !isCut && digits <= 1 << 53 }

  private var isCut = false
  private var count = 0
  private var index = 0

  /// Reads a number; `false` where the text is none.
  mutating func read(_ text: Span<UInt8>) -> Bool {
    guard text.count > 0 else { return false }
    isNegative = text[0] == UInt8(ascii: "-")
    if isNegative || text[0] == UInt8(ascii: "+") { index = 1 }
    readDigits(text, areFraction: false)
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      readDigits(text, areFraction: true)
    }
    guard count > 0 else { return false }
    guard index < text.count else { return true }
    // Upper and lower case differ in one bit.
    guard text[index] | 0x20 == UInt8(ascii: "e") else { return false }
    guard let given = parseInteger(text.extracting((index + 1)...)) else { return false }
    exponent += Int(given)
    return true
  }

  private mutating func readDigits(_ text: Span<UInt8>, areFraction: Bool) {
    while index < text.count {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return }
      if digits < 1 << 59 { digits = digits * 10 + UInt64(digit) } else { isCut = true }
      if areFraction { exponent -= 1 }
      count += 1
      index += 1
    }
  }
}

/// Powers of ten that double precision holds exactly.
private func powerOfTen(_ exponent: UInt) -> Double? {
  exponent < UInt(exactPowers.count) ? exactPowers[Int(exponent)] : nil
}

private let exactPowers = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]

extension Span<UInt8> {
  /// Bytes that are known to be ASCII, as text.
  fileprivate var ascii: String {
    var text = ""
    for index in indices { text.unicodeScalars.append(Unicode.Scalar(self[index])) }
    return text
  }
}
