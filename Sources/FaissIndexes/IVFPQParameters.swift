internal import Glibc
package import VectorCore

/// The construction parameters of `faiss-ivfpq`, all of them chosen.
package struct IVFPQParameters: Sendable, Equatable {
  package var nlist: Int
  package var m: Int
  package var nbits: Int
  package var niter: Int
  package var pqNiter: Int
  package var nredo: Int
  package var maxPointsPerCentroid: Int
  package var byResidual: Bool

  /// Takes all parameters as they are.
  package init(
    nlist: Int,
    m: Int,
    nbits: Int,
    niter: Int,
    pqNiter: Int,
    nredo: Int,
    maxPointsPerCentroid: Int,
    byResidual: Bool
  ) {
    self.nlist = nlist
    self.m = m
    self.nbits = nbits
    self.niter = niter
    self.pqNiter = pqNiter
    self.nredo = nredo
    self.maxPointsPerCentroid = maxPointsPerCentroid
    self.byResidual = byResidual
  }

  static let descriptions = [
    ParameterDescription(
      "nlist",
      .integer(0...16_777_216),
      default: 0,
      "number of cells, at most one per vector; 0: about four times the square root of the count"
    ),
    ParameterDescription(
      "m",
      .integer(0...65_536),
      default: 0,
      "subquantizers, a divisor of the dimension; more bytes, higher recall; 0: near half the "
        + "dimension, at most about 64"
    ),
    ParameterDescription(
      "nbits",
      .integer(0...8),
      default: 0,
      "bits per subquantizer, 2^nbits vectors are needed; 0: 8, or fewer for a tiny set"
    ),
    ParameterDescription(
      "niter",
      .integer(1...10_000),
      default: 10,
      "k-means iterations for the cells"
    ),
    ParameterDescription(
      "pq_niter",
      .integer(1...10_000),
      default: 25,
      "k-means iterations for the codes"
    ),
    ParameterDescription(
      "nredo",
      .integer(1...1000),
      default: 1,
      "how often each k-means is run, to keep the best"
    ),
    ParameterDescription(
      "max_points_per_centroid",
      .integer(1...65_536),
      default: 256,
      "training vectors per centroid, drawn by the seed; a longer training, better centroids"
    ),
    ParameterDescription(
      "by_residual",
      .integer(0...1),
      default: 1,
      "1: codes hold the difference to the cell's centroid; 0: the vector"
    ),
  ]

  /// Reads resolved parameters and chooses what they leave open.
  ///
  /// - Parameters:
  ///   - parameters: resolved against ``descriptions``; 0 leaves `nlist`, `m` and `nbits` open.
  ///   - count: the number of vectors, at least 1.
  ///   - dimension: their length.
  /// - Throws: ``VectorCore/IndexError/tooFewVectors(what:count:needed:)`` for an `nlist` or
  ///   `nbits` that `count` vectors cannot train,
  ///   ``VectorCore/IndexError/invalidParameter(name:value:allowed:)`` for an `m` that does not
  ///   divide the dimension.
  package init(_ parameters: Parameters, count: Int, dimension: Int) throws(IndexError) {
    self.init(asGiven: parameters)
    if nlist == 0 { nlist = Self.defaultCells(count: count) }
    if m == 0 { m = Self.defaultSubquantizers(dimension: dimension) }
    if nbits == 0 { nbits = Self.defaultBits(count: count) }
    try Self.checkSubquantizers(m, dimension: dimension)
    guard nlist <= count else {
      throw .tooFewVectors(what: "faiss-ivfpq with nlist=\(nlist)", count: count, needed: nlist)
    }
    // A single vector can be trained on twice: see FaissConstruction.
    guard 1 << nbits <= max(count, 2) else {
      throw .tooFewVectors(
        what: "faiss-ivfpq with nbits=\(nbits)",
        count: count,
        needed: 1 << nbits
      )
    }
  }

  /// Reads the parameters of a stored index, which leave nothing open.
  ///
  /// - Returns: `nil` where they do.
  init?(stored parameters: Parameters, dimension: Int) {
    self.init(asGiven: parameters)
    guard nlist > 0, m > 0, nbits > 0, dimension.isMultiple(of: m) else { return nil }
  }

  private init(asGiven parameters: Parameters) {
    nlist = parameters.integer("nlist")
    m = parameters.integer("m")
    nbits = parameters.integer("nbits")
    niter = parameters.integer("niter")
    pqNiter = parameters.integer("pq_niter")
    nredo = parameters.integer("nredo")
    maxPointsPerCentroid = parameters.integer("max_points_per_centroid")
    byResidual = parameters.integer("by_residual") == 1
  }

  /// The parameters as an index records them: with the numbers chosen.
  func recorded(over parameters: Parameters) -> Parameters {
    var result = parameters
    result["nlist"] = .integer(nlist)
    result["m"] = .integer(m)
    result["nbits"] = .integer(nbits)
    return result
  }

  /// How many training vectors k-means makes use of.
  var trainingRows: Int { max(nlist, 1 << nbits) * maxPointsPerCentroid }

  /// How many rows may be encoded at once.
  ///
  /// From 16 dimensions per subquantizer on, faiss tabulates all distances of a block to all
  /// centroids: blocks are cut so that the table stays below 128 MiB.
  var blockRows: Int { max(512, min(65_536, (32 << 20) / (m << nbits))) }

  static func defaultCells(count: Int) -> Int {
    max(1, min(count, Int((4 * Double(count).squareRoot()).rounded())))
  }

  /// The divisor of `dimension` nearest to half of it, or to 64 in high dimensions, by ratio.
  static func defaultSubquantizers(dimension: Int) -> Int {
    let aim = min(max(Double(dimension) / 2, 1), 64)
    var best = 1
    for divisor in divisors(of: dimension)
    where abs(log(Double(divisor) / aim)) < abs(log(Double(best) / aim)) {
      best = divisor
    }
    return best
  }

  static func defaultBits(count: Int) -> Int {
    count >= 256 ? 8 : max(1, Int.bitWidth - 1 - count.leadingZeroBitCount)
  }

  private static func checkSubquantizers(_ m: Int, dimension: Int) throws(IndexError) {
    guard !dimension.isMultiple(of: m) else { return }
    let allowed = divisors(of: dimension).map { "\($0)" }.joined(separator: ", ")
    throw .invalidParameter(
      name: "m",
      value: "\(m)",
      allowed: "a divisor of the dimension \(dimension): \(allowed)"
    )
  }

  private static func divisors(of number: Int) -> [Int] {
    (1...number).filter { number.isMultiple(of: $0) }
  }
}
