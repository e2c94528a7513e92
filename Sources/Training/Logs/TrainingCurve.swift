/// A number of a training by step.
struct TrainingCurve {
  /// Steps in ascending order, with finite values.
  private(set) var points: [(step: Int, value: Double)]
  /// How many logged values each point is the mean of.
  private(set) var valuesPerPoint = 1

  /// A page with more points takes long to load and shows no more.
  static let mostPoints = 1000
  /// Fewer points need no smoothing to be read.
  private static let fewPoints = 50

  /// The values of entries that have one; those that are not finite are left out.
  init(_ entries: [LogEntry], _ value: (LogEntry) -> Double?) {
    points = entries.compactMap { entry in
      value(entry).flatMap { $0.isFinite ? (entry.step, $0) : nil }
    }
  }

  /// The curve with at most ``mostPoints``, each the mean of as many neighbors.
  var thinned: TrainingCurve {
    let length = (points.count - 1) / Self.mostPoints + 1
    guard length > 1 else { return self }
    var curve = self
    curve.valuesPerPoint = length
    curve.points = stride(from: 0, to: points.count, by: length).map { start in
      let part = points[start..<min(start + length, points.count)]
      let mean = part.reduce(0) { $0 + $1.value } / Double(part.count)
      return (part[part.startIndex + part.count / 2].step, mean)
    }
    return curve
  }

  /// The mean of each point and of as many before as behind it, a twentieth of the curve in all;
  /// `nil` for few points.
  var smoothed: TrainingCurve? {
    guard points.count >= Self.fewPoints else { return nil }
    var sums = [0.0]
    for point in points { sums.append(sums[sums.count - 1] + point.value) }
    let reach = points.count / 40
    var curve = self
    for place in points.indices {
      // Near the ends both sides shrink, or the curve would lean to its inner part.
      let side = min(reach, place, points.count - 1 - place)
      let sum = sums[place + side + 1] - sums[place - side]
      curve.points[place].value = sum / Double(2 * side + 1)
    }
    return curve
  }
}
