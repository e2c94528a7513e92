internal import IntegerScan
internal import VectorCore

/// The principal axes of a set, turned among themselves so that all carry about as much: codes of vectors
/// along them take a fraction of the memory, and of the time that reading them takes.
///
/// After LeanVec, Tepper et al., arXiv:2312.16335; what the axes leave out is part of the rests that
/// candidates are ranked by.
package struct LeanAxes: Sendable {
  package let axes: Projection
  /// How large values along the axes are.
  package let along: ValueScale
  /// How large what codes of 4 bits along the axes leave out is.
  package let restRootMeanSquare: Float
  /// The part of the squared distances between neighbors that the axes keep: what tells neighbors apart
  /// matters, not what tells clusters apart.
  package let kept: Double
  private let dimension: Int

  /// Vectors that the axes come from, at most.
  static let sample = 10_000
  /// The part that axes must keep to be of use.
  private static let leastKept = 0.9
  /// Axes come in cache lines of half bytes.
  static let step = 128
  static let mostSteps = 4

  /// Whether codes along the axes are shorter than codes of all dimensions, and nearly as good.
  package var saves: Bool {
    kept >= Self.leastKept
      && CodedRows.Kind.nibbles.width(dimension: axes.count)
        < CodedRows.Kind.nibbles.width(dimension: dimension)
  }

  /// What speaks for or against them.
  var reason: String {
    "\(axes.count) principal axes keep \(Int(100 * kept)) % of what tells neighbors apart"
  }

  /// Chooses axes for images of a sample.
  ///
  /// - Parameters:
  ///   - vectors: images of some vectors.
  ///   - neighbors: differences between those and a neighbor of each.
  ///   - seed: of the turn among the axes.
  ///   - threads: how many threads may work.
  package init(
    of vectors: [[Float]],
    differences neighbors: [[Float]],
    seed: UInt64,
    threads: Int
  ) {
    dimension = vectors[0].count
    // Squares of very large or small values are no numbers; powers of two change no other bit.
    let unit = Self.powerOfTwo(below: vectors)
    let images = vectors.map { vector in vector.map { $0 / unit } }
    let differences = neighbors.map { vector in vector.map { $0 / unit } }
    let spread = images.reduce(0.0) { $0 + Self.squares($1) }
    let local = differences.reduce(0.0) { $0 + Self.squares($1) }
    let weight = local > 0 ? Float((spread / local).squareRoot()) : 0
    let found = PrincipalAxes(
      of: images + differences.map { $0.map { $0 * weight } },
      count: min(dimension, Self.mostSteps * Self.step),
      seed: seed,
      threads: threads
    ).axes
    var count = 0
    var (energy, near) = (0.0, 0.0)
    while count < found.count && (count == 0 || near < Self.leastKept * local) {
      let next = min(count + Self.step, found.count)
      for axis in found[count..<next] {
        energy += images.reduce(0.0) { $0 + Self.square(axis, $1) }
        near += differences.reduce(0.0) { $0 + Self.square(axis, $1) }
      }
      count = next
    }
    axes = Projection(Self.turned(Array(found.prefix(count)), seed: seed))
    kept = local > 0 ? near / local : 1
    let values = Double(images.count)
    let along = Float((energy / (values * Double(count))).squareRoot())
    self.along = ValueScale(largest: 4 * along * unit, rootMeanSquare: along * unit)
    // Codes of 4 bits leave about a hundredth of the variance.
    let left = max(0, spread - energy) + 0.0125 * energy
    restRootMeanSquare = unit * Float((left / (values * Double(dimension))).squareRoot())
  }

  private static func powerOfTwo(below vectors: [[Float]]) -> Float {
    let largest = vectors.reduce(Float(0)) { $1.reduce($0) { max($0, abs($1)) } }
    return largest > 0 ? Float(sign: .plus, exponent: largest.exponent, significand: 1) : 1
  }

  private static func square(_ axis: [Float], _ vector: [Float]) -> Double {
    let product = Double(PrincipalAxes.product(axis, vector))
    return product * product
  }

  private static func squares(_ vector: [Float]) -> Double {
    Double(PrincipalAxes.product(vector, vector))
  }

  /// The same space, spanned by axes of about equal variance.
  private static func turned(_ axes: [[Float]], seed: UInt64) -> [[Float]] {
    let rotation = Rotation(dimension: axes.count, seed: seed)
    var result = axes
    for column in axes[0].indices {
      var values = axes.map { $0[column] }
      unsafe values.withUnsafeMutableBufferPointer { buffer in
        guard let first = buffer.baseAddress else { return }
        unsafe rotation.apply(first)
      }
      for axis in axes.indices { result[axis][column] = values[axis] }
    }
    return result
  }
}
