internal import FlatIndex
internal import VectorCore

/// Some queries of a batch on the host, and what is exactly known of them.
struct HostQueries: Sendable {
  /// The queries' places in the batch.
  let places: [Int]
  /// As they were asked, `[count, dimension]`.
  let values: SharedArray<Float>
  /// As a device compares them: less the center where the metric is a distance.
  let compared: SharedArray<Float>
  /// The length of each as it was asked, rounded up.
  let lengths: SharedArray<Double>
  /// The length of each as it is compared, rounded up.
  let comparedLengths: SharedArray<Double>
  /// What an exact score has beyond the product of the compared query with a row less the center, or
  /// beyond twice that for distances.
  let shifts: SharedArray<Double>

  var count: Int { places.count }

  /// Lengths are sums of doubles; this is more than they are off.
  private static let up = 1 + 1e-9

  init(_ places: [Int], of all: [Float], _ set: CenteredSet, threads: Int) {
    let dimension = set.dimension
    let isDistance = set.rows.metric == .squaredL2
    let values = MutableMemory<Float>(count: places.count * dimension)
    let compared = isDistance ? MutableMemory<Float>(count: places.count * dimension) : values
    let lengths = MutableMemory<Double>(count: places.count)
    let comparedLengths = isDistance ? MutableMemory<Double>(count: places.count) : lengths
    let shifts = MutableMemory<Double>(count: places.count)
    parallelFor(places.count, chunk: 64, threads: threads) { _, range in
      for query in range {
        let (from, to) = (places[query] * dimension, query * dimension)
        var (length, near, shift) = (0.0, 0.0, 0.0)
        for column in 0..<dimension {
          let (value, center) = (all[from + column], set.center[column])
          unsafe values.elements[to + column] = value
          length += Double(value) * Double(value)
          guard isDistance else {
            shift += Double(value) * Double(center)
            continue
          }
          let difference = value - center
          unsafe compared.elements[to + column] = difference
          near += Double(difference) * Double(difference)
          let exact = Double(value) - Double(center)
          shift -= exact * exact
        }
        unsafe lengths.elements[query] = length.squareRoot() * Self.up
        if isDistance { unsafe comparedLengths.elements[query] = near.squareRoot() * Self.up }
        unsafe shifts.elements[query] = shift
      }
    }
    self.places = places
    self.values = values.frozen()
    self.compared = compared.frozen()
    self.lengths = lengths.frozen()
    self.comparedLengths = comparedLengths.frozen()
    self.shifts = shifts.frozen()
  }
}
