internal import FlatIndex
internal import VectorCore

/// Some queries of a batch on the host, and what is exactly known of them.
struct HostQueries: Sendable {
  /// The queries' places in the batch.
  let places: [Int]
  /// As they were asked, `[count, dimension]`.
  let values: [Float]
  /// As a device compares them: less the center where the metric is a distance.
  let compared: [Float]
  /// The length of each, rounded up.
  let lengths: [Double]
  /// What an exact score has beyond the product of the compared query with a row less the center, or
  /// beyond twice that for distances.
  let shifts: [Double]

  var count: Int { places.count }

  init(_ places: [Int], of all: [Float], _ set: CenteredSet) {
    let dimension = set.dimension
    let isDistance = set.rows.metric == .squaredL2
    var values: [Float] = []
    values.reserveCapacity(places.count * dimension)
    for place in places { values += all[place * dimension..<(place + 1) * dimension] }
    var compared = values
    var lengths: [Double] = []
    var shifts: [Double] = []
    for query in places.indices {
      var (length, shift) = (0.0, 0.0)
      for column in 0..<dimension {
        let (value, center) = (values[query * dimension + column], set.center[column])
        length += Double(value) * Double(value)
        if isDistance {
          let difference = Double(value) - Double(center)
          shift -= difference * difference
          compared[query * dimension + column] = value - center
        } else {
          shift += Double(value) * Double(center)
        }
      }
      lengths.append(length.squareRoot() * (1 + 1e-9))
      shifts.append(shift)
    }
    self.places = places
    self.values = values
    self.compared = compared
    self.lengths = lengths
    self.shifts = shifts
  }

  /// Some of them; values are left out, which stay with all.
  func slice(_ range: Range<Int>) -> HostQueries {
    HostQueries(
      places: Array(places[range]),
      values: [],
      compared: [],
      lengths: Array(lengths[range]),
      shifts: Array(shifts[range])
    )
  }

  private init(
    places: [Int],
    values: [Float],
    compared: [Float],
    lengths: [Double],
    shifts: [Double]
  ) {
    self.places = places
    self.values = values
    self.compared = compared
    self.lengths = lengths
    self.shifts = shifts
  }

  /// One query, as it was asked.
  func query(_ number: Int, dimension: Int) -> ArraySlice<Float> {
    values[number * dimension..<(number + 1) * dimension]
  }
}
