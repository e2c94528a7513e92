public import VectorCore

/// Vectors drawn from a seed, roughly normal in every coordinate, `[count, dimension]` row-major.
public func seededValues(count: Int, dimension: Int, seed: UInt64) -> [Float] {
  var generator = SplitMix64(seed: seed)
  return (0..<count * dimension).map { _ in
    // The sum of four uniform numbers in -1..<1.
    (0..<4).reduce(Float(0)) { sum, _ in sum + Float(generator.next() >> 40) / 8_388_608 - 1 }
  }
}

/// A set of vectors drawn from a seed.
public func seededVectors(
  count: Int,
  dimension: Int,
  seed: UInt64,
  name: String = "memory"
) -> VectorSet {
  VectorSet(
    seededValues(count: count, dimension: dimension, seed: seed),
    dimension: dimension,
    name: name
  )
}

/// The metric's own value for two vectors, in double precision.
public func referenceScore(_ left: [Float], _ right: [Float], _ metric: Metric) -> Double {
  var product = 0.0
  var leftSquare = 0.0
  var rightSquare = 0.0
  var distance = 0.0
  for (x, y) in zip(left, right) {
    let (x, y) = (Double(x), Double(y))
    product += x * y
    leftSquare += x * x
    rightSquare += y * y
    distance += (x - y) * (x - y)
  }
  return switch metric {
  case .innerProduct: product
  case .cosine: product / (leftSquare * rightSquare).squareRoot()
  case .squaredL2: distance
  }
}

/// The true neighbours of a query, nearest first, ties by row: rows with scores.
public func referenceNeighbors(
  of query: [Float],
  among values: [Float],
  k: Int,
  _ metric: Metric
) -> [(row: Int, score: Double)] {
  let dimension = query.count
  let scored = stride(from: 0, to: values.count, by: dimension).map { start in
    (
      row: start / dimension,
      score: referenceScore(query, Array(values[start..<start + dimension]), metric)
    )
  }
  let sorted = scored.sorted { left, right in
    if left.score == right.score { return left.row < right.row }
    return metric.largerIsNearer ? left.score > right.score : left.score < right.score
  }
  return Array(sorted.prefix(k))
}
