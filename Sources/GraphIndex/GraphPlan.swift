internal import IntegerScan
package import VectorCore

/// What the parameters come to for one set, and why.
package struct GraphPlan: Sendable {
  package private(set) var codec: HNSWParameters.Codec
  package private(set) var layout: HNSWParameters.Layout
  package let rerank: Rerank.Kind
  /// The most links a node can have.
  package let degree: Int
  let efConstruction: Int
  /// Rounds of a node's choice of neighbors, see ``NeighborSelection``.
  let rounds: [Float]
  /// Links that a node gets where there are so many, diverse or not.
  package let least: Int
  /// Groups of the codes of neighbors, 4 bits each.
  package let groups: Int
  /// Why codec and layout were chosen.
  package private(set) var reason: String
  /// Whether another codec may be taken where this one turns out to be of no use.
  package let mayFallBack: Bool

  /// Nearest neighbors that a node's first choice is among.
  static let candidates = 64
  /// Dimensions from which on neighbors' codes in the row pay, and codes along axes.
  static let leastFatDimension = 96
  static let leastLeanDimension = 192
  /// Values this many times the root mean square leave too few of 256 codes for the others.
  static let mostRange: Float = 24

  /// Resolves parameters for a set.
  ///
  /// - Parameters:
  ///   - parameters: as given.
  ///   - dimension: of the vectors.
  ///   - spaceDimension: of the space of codes.
  ///   - scale: how large the values there are.
  ///   - values: how large those of the vectors themselves are.
  /// - Throws: ``VectorCore/IndexError/invalidParameter(name:value:allowed:)`` for parameters that do
  ///   not go together.
  package init(
    _ parameters: HNSWParameters,
    dimension: Int,
    spaceDimension: Int,
    scale: ValueScale,
    values: ValueScale
  ) throws(IndexError) {
    let (codec, reason) =
      parameters.codec.map { ($0, "as asked for") }
      ?? Self.codec(
        for: parameters.layout,
        dimension: dimension,
        scale: scale,
        half: Self.fitsHalf(values) ? .half : .float
      )
    let layout = parameters.layout ?? (codec == .products ? .fat : .slim)
    guard Self.fits(codec, layout) else {
      throw .invalidParameter(
        name: "codec",
        value: codec.rawValue,
        allowed: layout == .fat
          ? "pq or rabitq with layout=fat" : "any but pq with layout=slim; pq needs layout=fat"
      )
    }
    let mostSigns = 4 * NeighborCodebook.mostGroups
    guard layout == .slim || codec != .bits || spaceDimension <= mostSigns else {
      throw .invalidParameter(
        name: "codec",
        value: codec.rawValue,
        allowed: "pq with layout=fat beyond \(mostSigns) dimensions"
      )
    }
    let rerank = parameters.rerank ?? (codec.isFloat ? .none : .residual)
    guard Self.fits(codec, layout, rerank) else {
      throw .invalidParameter(
        name: "rerank",
        value: rerank.rawValue,
        allowed: "f32, f16 or none with codec=\(codec.rawValue)"
      )
    }
    for (name, value, isHalf) in [
      ("codec", codec.rawValue, codec == .half), ("rerank", rerank.rawValue, rerank == .half),
    ] where isHalf && values.largest > Self.largestHalf {
      throw .invalidParameter(
        name: name,
        value: value,
        allowed: "any but f16 for values as large as \(values.largest)"
      )
    }
    (self.codec, self.layout, self.rerank, self.reason) = (codec, layout, rerank, reason)
    mayFallBack = parameters.codec == nil && (layout == .slim || parameters.layout == nil)
    // Short vectors need more links, and find them among their nearest neighbors.
    let isShort = dimension < Self.leastFatDimension
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let M = parameters.M ?? (isShort ? 32 : 16)
    // A block of neighbors' codes costs the same whether it is full or not.
    degree = layout == .fat ? (2 * M + 31) / 32 * 32 : 2 * M
    efConstruction = parameters.efConstruction ?? (isShort ? 32 : 64)
    rounds = layout == .fat ? [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2] : [1, 1.2]
    least = layout == .fat ? degree : M
    groups = min(96, max(16, dimension / 16 * 4))
  }

  /// The codec for a set, and why.
  private static func codec(
    for layout: HNSWParameters.Layout?,
    dimension: Int,
    scale: ValueScale,
    half: HNSWParameters.Codec
  ) -> (HNSWParameters.Codec, String) {
    let range = scale.rootMeanSquare > 0 ? scale.largest / scale.rootMeanSquare : 1
    if layout == .fat || layout == nil && dimension >= leastFatDimension && range <= mostRange {
      return (
        .products, "\(dimension) dimensions: a row with neighbors' codes saves their cache misses"
      )
    }
    // Up to here vectors fit one cache line as they are.
    if dimension <= 16 { return (.float, "\(dimension) dimensions fit a cache line") }
    if dimension <= 32 && half == .half {
      return (.half, "\(dimension) dimensions fit a cache line in half precision")
    }
    if range > mostRange {
      return (half, "the largest value is \(Int(range)) times the root mean square")
    }
    if dimension >= leastLeanDimension {
      return (.lean, "\(dimension) dimensions: principal axes take a fraction of the memory")
    }
    return (.bytes, "\(dimension) dimensions fit \((dimension + 63) / 64) cache lines as bytes")
  }

  /// The largest number in half precision.
  private static let largestHalf: Float = 65_504

  /// Whether values are neither too large nor mostly too small for half precision.
  private static func fitsHalf(_ values: ValueScale) -> Bool {
    values.largest <= largestHalf && values.rootMeanSquare > 1e-3
  }

  /// Whether a layout can hold a codec.
  package static func fits(_ codec: HNSWParameters.Codec, _ layout: HNSWParameters.Layout) -> Bool {
    codec == .bits || (layout == .fat) == (codec == .products)
  }

  /// Whether the three go together.
  package static func fits(
    _ codec: HNSWParameters.Codec,
    _ layout: HNSWParameters.Layout,
    _ rerank: Rerank.Kind
  ) -> Bool {
    fits(codec, layout) && (rerank != .residual || !codec.isFloat)
  }

  /// The plan with a codec of the slim layout.
  func replacing(codec: HNSWParameters.Codec, because reason: String) -> GraphPlan {
    var plan = self
    plan.codec = codec
    plan.layout = .slim
    plan.reason = reason
    return plan
  }

  /// The plan as construction parameters: what "auto" came to is what the index is.
  package var parameters: Parameters {
    [
      "M": .integer(degree / 2), "efConstruction": .integer(efConstruction),
      "codec": .text(codec.rawValue), "layout": .text(layout.rawValue),
      "rerank": .text(rerank.rawValue),
    ]
  }
}
