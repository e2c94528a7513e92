/// The nearest-rank percentile.
///
/// It is the smallest value that at least that share of the values do not exceed: always one of
/// them, never between two.
///
/// - Parameters:
///   - percent: above 0, at most 100.
///   - sorted: ascending, not empty.
/// - Returns: the value at rank `ceil(percent / 100 * n)`, counted from 1.
package func percentile(_ percent: Double, of sorted: [Double]) -> Double {
  precondition(percent > 0 && percent <= 100, "percentile \(percent)")
  let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
  return sorted[min(max(Int(rank), 1), sorted.count) - 1]
}

/// The middle value, or the mean of the two middle ones; `nil` where there are none.
package func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
