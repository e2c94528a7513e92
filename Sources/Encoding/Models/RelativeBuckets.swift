internal import Glibc

/// T5's buckets of distances between tokens, for attention in both directions.
///
/// Half of the buckets are for keys behind the query. In each half, small distances have a bucket
/// each, larger ones share buckets of logarithmic width, and all from ``farthest`` on the last one.
struct RelativeBuckets {
  let count: Int
  let farthest: Int

  /// The bucket of a key `distance` tokens behind the query; negative where it is before.
  func bucket(_ distance: Int) -> Int32 {
    let half = count / 2
    let exact = half / 2
    let size = abs(distance)
    let side = distance > 0 ? half : 0
    guard size >= exact else { return Int32(side + size) }
    // Single precision, as the models were trained.
    let ratio = logf(Float(size) / Float(exact)) / Float(log(Double(farthest) / Double(exact)))
    let large = exact + Int(ratio * Float(half - exact))
    return Int32(side + min(large, half - 1))
  }

  /// The buckets of all pairs of tokens of a text, `[length * length]`, query by query.
  func table(_ length: Int) -> [Int32] {
    let line = (1 - length..<length).map(bucket)
    var table: [Int32] = []
    table.reserveCapacity(length * length)
    for query in 0..<length {
      table.append(contentsOf: line[length - 1 - query..<2 * length - 1 - query])
    }
    return table
  }
}
