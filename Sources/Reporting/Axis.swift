internal import Glibc

/// A scale from values to the unit interval, with the ticks that belong to it.
package struct Axis: Equatable {
  /// A labelled place, `0...1` along the axis.
  package struct Tick: Equatable {
    package let position: Double
    package let label: String
  }

  private enum Scale: Equatable {
    case linear
    case logarithmic
    case misses
  }

  package let ticks: [Tick]
  private let scale: Scale
  private let low: Double
  private let high: Double

  /// Where a value lies, cut to the axis.
  package func position(_ value: Double) -> Double { Self.position(value, scale, low, high) }

  private static func position(
    _ value: Double,
    _ scale: Scale,
    _ low: Double,
    _ high: Double
  ) -> Double {
    min(max((transformed(value, scale) - low) / (high - low), 0), 1)
  }

  private static func transformed(_ value: Double, _ scale: Scale) -> Double {
    switch scale {
    case .linear: value
    case .logarithmic: log10(max(value, .leastNormalMagnitude))
    case .misses: -log10(max(1 - value, missFloor))
    }
  }

  /// From zero to a round number at or above the largest value, for lengths.
  package static func fromZero(covering values: [Double], label: (Double) -> String) -> Axis {
    let largest = max(values.filter(\.isFinite).max() ?? 1, .leastNormalMagnitude)
    let step = roundStep(atLeast: largest / 4)
    let count = Int((largest / step - 1e-9).rounded(.up))
    let high = Double(count) * step
    let ticks = (0...count).map { place in
      let value = Double(place) * step
      return Tick(position: value / high, label: value == 0 ? "0" : label(value))
    }
    return Axis(ticks: ticks, scale: .linear, low: 0, high: high)
  }

  /// From a round number at or below the smallest value to one at or above the largest.
  package static func linear(covering values: [Double], label: (Double) -> String) -> Axis {
    let usable = values.filter(\.isFinite)
    let smallest = usable.min() ?? 0
    let largest = usable.max() ?? 1
    let width = max(largest - smallest, abs(largest) * 1e-3, 1e-6)
    let step = roundStep(atLeast: width / 4)
    let first = Int((smallest / step + 1e-9).rounded(.down))
    let last = max(Int((largest / step - 1e-9).rounded(.up)), first + 1)
    let low = Double(first) * step
    let high = Double(last) * step
    let ticks = (first...last).map { place in
      let value = Double(place) * step
      return Tick(position: (value - low) / (high - low), label: place == 0 ? "0" : label(value))
    }
    return Axis(ticks: ticks, scale: .linear, low: low, high: high)
  }

  /// Logarithmic, from the 1-2-5 number at or below the smallest value to that at or above the
  /// largest; values must be positive, others are ignored.
  package static func logarithmic(covering values: [Double]) -> Axis {
    let usable = values.filter { $0.isFinite && $0 > 0 }
    let smallest = usable.min() ?? 1
    let largest = usable.max() ?? 10
    let decades = Int(log10(smallest).rounded(.down)) - 1...Int(log10(largest).rounded(.up)) + 1
    let steps = decades.flatMap { decade in [1.0, 2, 5].map { $0 * pow(10, Double(decade)) } }
    var first = steps.lastIndex { $0 <= smallest * 1.000_001 } ?? 0
    var last = steps.firstIndex { $0 >= largest * 0.999_999 } ?? steps.count - 1
    // A single value, or several on one step, get room on both sides.
    if last - first < 2 {
      first = max(first - 1, 0)
      last = min(last + 1, steps.count - 1)
    }
    let low = log10(steps[first])
    let high = log10(steps[last])
    // Beyond three decades the steps between powers of ten would crowd.
    let ticks = steps[first...last].filter { step in
      high - low <= 3.2 || isPowerOfTen(step)
    }.map { Tick(position: (log10($0) - low) / (high - low), label: compact($0)) }
    return Axis(ticks: ticks, scale: .logarithmic, low: low, high: high)
  }

  /// Fewer misses than this are drawn as none, or the perfect would lie infinitely far out.
  private static let missFloor = 0.0003

  /// Recall, logarithmic in the misses: from 0.9 to 0.99 is as far as from 0.99 to 0.999.
  ///
  /// Curves that end in 0.9 and above are told apart there, which is where one chooses.
  package static func recall(covering values: [Double]) -> Axis {
    let smallest = values.filter(\.isFinite).min() ?? 0
    let floors = [0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    let low = transformed(floors.last { $0 <= smallest } ?? 0, .misses)
    let high = transformed(1, .misses)
    // Most telling first: each is set where it keeps its distance from those before it.
    var places: [Tick] = []
    for (value, label) in [
      (1, "1"), (0.9, "0.9"), (0.99, "0.99"), (0.999, "0.999"), (0, "0"), (0.5, "0.5"),
      (0.95, "0.95"), (0.995, "0.995"), (0.8, "0.8"), (0.7, "0.7"), (0.98, "0.98"), (0.6, "0.6"),
      (0.4, "0.4"), (0.2, "0.2"),
    ] as [(Double, String)] where transformed(value, .misses) >= low - 1e-9 {
      let place = position(value, .misses, low, high)
      // In parts of an axis as long as those of CurveChart, whose digits are about 7 units wide.
      let fits = places.allSatisfy { other in
        abs(other.position - place) * 308 > Double(other.label.count + label.count) * 3.2 + 4
      }
      guard fits else { continue }
      places.append(Tick(position: place, label: label))
    }
    places.sort { $0.position < $1.position }
    return Axis(ticks: places, scale: .misses, low: low, high: high)
  }

  /// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `value`.
  private static func roundStep(atLeast value: Double) -> Double {
    let power = pow(10, log10(value).rounded(.down))
    return [1, 2, 2.5, 5].map { $0 * power }.first { $0 >= value * 0.999_999 } ?? 10 * power
  }

  private static func isPowerOfTen(_ value: Double) -> Bool {
    let exponent = log10(value)
    return abs(exponent - exponent.rounded()) < 1e-9
  }

  /// 1-2-5 numbers without noise: 0.5, 20, 5k, 2M.
  private static func compact(_ value: Double) -> String {
    for (size, unit) in [(1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= size * 0.999 {
      return NumberText.fixed(value / size, 0) + unit
    }
    if value >= 0.999 { return NumberText.fixed(value, 0) }
    let digits = Int((-log10(value)).rounded(.up))
    return NumberText.fixed(value, digits)
  }
}
