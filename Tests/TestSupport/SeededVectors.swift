public import VectorCore

/// Values drawn from a seed, `[count, dimension]` row-major.
public func seededValues(count: Int, dimension: Int, seed: UInt64) -> [Float] {
  SyntheticVectors.uniform(count, dimension: dimension, seed: seed)
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
  let distance = BruteForce.distance(left, right, metric: metric)
  return metric.largerIsNearer ? -distance : distance
}

/// The true neighbors of a query, nearest first, ties by row: rows with scores.
public func referenceNeighbors(
  of query: [Float],
  among values: [Float],
  k: Int,
  _ metric: Metric
) -> [(row: Int, score: Double)] {
  BruteForce.ranking(of: query, in: values, dimension: query.count, metric: metric).prefix(k)
    .map { ($0.row, metric.largerIsNearer ? -$0.distance : $0.distance) }
}
