internal import Glibc
internal import VectorCore

/// Trains the codebook of neighbors' directions: principal axes, bits by importance, and centroids.
///
/// Bits go to axes as in transform coding: half the logarithm of an axis's importance above a level
/// that uses up the bits. Axes are put together to groups of 4 bits, so that a strong axis has a group
/// almost to itself, and weak ones share one; the weakest have none.
package struct CodebookTraining: Sendable {
  package let groups: Int
  /// The axes of each group, strongest first.
  package private(set) var members: [[Int]] = []
  private let projected: [[Float]]

  private static let rounds = 15

  /// Allocates 4 bits to each of `groups` groups.
  ///
  /// - Parameters:
  ///   - directions: unit vectors, projected to axes.
  ///   - positions: vectors, projected to the same axes: what queries are like.
  ///   - groups: how many.
  package init(directions: [[Float]], positions: [[Float]], groups: Int) {
    self.groups = groups
    projected = directions
    let spread = zip(Self.meanSquares(directions), Self.meanSquares(positions)).map {
      ($0 * $1).squareRoot()
    }
    members = Self.allocate(spread, groups: groups)
  }

  private static func meanSquares(_ vectors: [[Float]]) -> [Double] {
    var sums = [Double](repeating: 0, count: vectors[0].count)
    for vector in vectors {
      for column in vector.indices {
        sums[column] += Double(vector[column]) * Double(vector[column])
      }
    }
    return sums.map { $0 / Double(vectors.count) }
  }

  /// Deals axes out to groups of 4 bits.
  private static func allocate(_ importance: [Double], groups: Int) -> [[Int]] {
    let order = importance.indices.sorted { (importance[$1], $0) < (importance[$0], $1) }
    let bits = bits(importance, total: Double(4 * groups))
    var result = [[Int]](repeating: [], count: groups)
    var before = 0.0
    for axis in order where bits[axis] > 0 {
      let group = min(Int((before + bits[axis] / 2) / 4), groups - 1)
      result[group].append(axis)
      before += bits[axis]
    }
    return result
  }

  /// Bits of each axis, 0 to 4, that sum up to `total` where there are axes enough.
  package static func bits(_ importance: [Double], total: Double) -> [Double] {
    func at(_ level: Double) -> [Double] {
      importance.map { $0 > 0 ? min(4, max(0, 0.5 * logarithm($0 / level))) : 0 }
    }
    var (low, high) = (1e-18, 1e3)
    for _ in 0..<200 {
      let middle = (low * high).squareRoot()
      if at(middle).reduce(0, +) > total { low = middle } else { high = middle }
    }
    return at(high)
  }

  /// The logarithm to base 2, without the last digits, in which libraries differ.
  private static func logarithm(_ value: Double) -> Double {
    (log2(value) * 0x1p32).rounded() * 0x1p-32
  }

  /// The dimension after each group's last, when axes lie in the order of their groups.
  package var ends: [UInt32] {
    var end: UInt32 = 0
    return members.map { members in
      end += UInt32(members.count)
      return end
    }
  }

  /// The 16 centroids of each group's axes, `[axes in the order of groups, 16]`.
  package func centroids(seed: UInt64, threads: Int) -> [Float] {
    let ends = ends
    let total = Int(ends.last ?? 0)
    let result = MutableMemory<Float>(count: 16 * total)
    parallelFor(groups, chunk: 1, threads: threads) { _, range in
      for group in range {
        let found = cluster(members[group], seed: seed &+ UInt64(group))
        let start = Int(ends[group]) - members[group].count
        for (place, values) in found.enumerated() {
          for centroid in 0..<16 {
            unsafe result.elements[(start + place) * 16 + centroid] = values[centroid]
          }
        }
      }
    }
    return unsafe Array(result.elements)
  }

  /// The mean product of a direction with the centroids nearest to it: what of its length is kept.
  func explained(by centroids: [Float]) -> Float {
    let directions = projected.prefix(1_000)
    var total: Float = 0
    for direction in directions {
      var start = 0
      for axes in members {
        var distances = SIMD16<Float>.zero
        var products = SIMD16<Float>.zero
        for (place, axis) in axes.enumerated() {
          let first = 16 * (start + place)
          let values = SIMD16<Float>(centroids[first..<first + 16])
          let difference = SIMD16<Float>(repeating: direction[axis]) - values
          distances += difference * difference
          products += direction[axis] * values
        }
        var best = 0
        for centroid in 1..<16 where distances[centroid] < distances[best] { best = centroid }
        total += products[best]
        start += axes.count
      }
    }
    return total / Float(directions.count)
  }

  /// k-means of the directions along some axes: for each axis the 16 centroids' values.
  private func cluster(_ axes: [Int], seed: UInt64) -> [SIMD16<Float>] {
    let count = projected.count
    let first = seededShuffle(of: count, seed: seed)
    var centroids = axes.map { axis in
      var values = SIMD16<Float>.zero
      for centroid in 0..<16 { values[centroid] = projected[Int(first[centroid % count])][axis] }
      return values
    }
    let points = projected.map { vector in axes.map { vector[$0] } }
    for _ in 0..<Self.rounds {
      var sums = [SIMD16<Float>](repeating: .zero, count: axes.count)
      var counts = SIMD16<Float>.zero
      for point in points {
        var distances = SIMD16<Float>.zero
        for (place, value) in point.enumerated() {
          let difference = SIMD16<Float>(repeating: value) - centroids[place]
          distances += difference * difference
        }
        var best = 0
        for centroid in 1..<16 where distances[centroid] < distances[best] { best = centroid }
        counts[best] += 1
        for (place, value) in point.enumerated() { sums[place][best] += value }
      }
      for place in axes.indices {
        let means = sums[place] / counts
        centroids[place].replace(with: means, where: counts .> 0)
      }
    }
    return centroids
  }
}

extension NeighborCodebook {
  /// Directions that are trained on, at most.
  static let sample = 12_000
  /// Axes that are told apart, at most.
  static let mostAxes = 256

  /// Trains on the links of a graph.
  static func trained(
    on links: GraphLinks,
    of codes: CodedRows,
    groups: Int,
    rowScale: Float,
    queryScale: Float,
    normalizes: Bool,
    seed: UInt64,
    threads: Int
  ) -> Self {
    let (directions, positions) = samples(links, codes, seed: seed)
    let axes = PrincipalAxes(
      of: directions,
      count: min(codes.dimension, mostAxes),
      seed: seed,
      threads: threads
    ).axes
    let training = CodebookTraining(
      directions: project(directions, axes, threads: threads),
      positions: project(positions, axes, threads: threads),
      groups: groups
    )
    let chosen = training.members.joined().map { axes[$0] }
    let centroids = training.centroids(seed: seed, threads: threads)
    return NeighborCodebook(
      groups: groups,
      ends: SharedArray(training.ends),
      centroids: SharedArray(centroids),
      axes: Projection(chosen),
      rowScale: rowScale,
      typicalQueryScale: queryScale,
      normalizesQueries: normalizes,
      explained: training.explained(by: centroids)
    )
  }

  /// Unit directions of some links, and where they begin.
  private static func samples(
    _ links: GraphLinks,
    _ codes: CodedRows,
    seed: UInt64
  ) -> (directions: [[Float]], positions: [[Float]]) {
    // In units: what directions are like does not depend on how large vectors are.
    func vector(_ node: Int) -> [Float] {
      (0..<codes.dimension).map { Float(codes.codes[node * codes.stride + $0]) - 128 }
    }
    var directions: [[Float]] = []
    var positions: [[Float]] = []
    for place in 0..<UInt64(sample) {
      let draw = SplitMix64.value(seed: seed, at: place)
      let node = Int(draw >> 32) % links.count
      let neighbors = links.neighbors(of: node)
      guard !neighbors.isEmpty else { continue }
      let start = vector(node)
      let end = vector(Int(neighbors[Int(draw & 0xFFFF_FFFF) % neighbors.count]))
      let difference = zip(end, start).map { $0 - $1 }
      let length = difference.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      directions.append(difference.map { $0 / length })
      positions.append(start)
    }
    // A graph of one node, or of equal codes, has no directions: any will do.
    guard !directions.isEmpty else {
      let any = [Float](repeating: 1, count: codes.dimension)
      return ([any], [any])
    }
    return (directions, positions)
  }

  private static func project(
    _ vectors: [[Float]],
    _ axes: [[Float]],
    threads: Int
  ) -> [[Float]] {
    let result = MutableMemory<Float>(count: vectors.count * axes.count)
    parallelFor(vectors.count, chunk: 64, threads: threads) { _, range in
      for index in range {
        for (place, axis) in axes.enumerated() {
          unsafe result.elements[index * axes.count + place] = PrincipalAxes.product(
            axis,
            vectors[index]
          )
        }
      }
    }
    return (0..<vectors.count).map { index in
      unsafe Array(result.elements[index * axes.count..<(index + 1) * axes.count])
    }
  }
}
