internal import IntegerScan
internal import VectorCore

/// What the parameters come to for one set, and why.
struct GraphPlan: Sendable {
  let codec: HNSWParameters.Codec
  let layout: HNSWParameters.Layout
  let rerank: Rerank.Kind
  /// The most links a node can have.
  let degree: Int
  let efConstruction: Int
  /// Rounds of a node's choice of neighbors, see ``NeighborSelection``.
  let rounds: [Float]
  /// Groups of the codes of neighbors, 4 bits each.
  let groups: Int
  /// Why codec and layout were chosen.
  let reason: String

  /// Nearest neighbors that a node's first choice is among.
  static let candidates = 64
  /// Dimensions from which on neighbors' codes in the row pay.
  static let leastFatDimension = 96
  /// Values this many times the root mean square leave too few of 256 codes for the others.
  static let mostRange: Float = 24

  init(
    _ parameters: HNSWParameters,
    dimension: Int,
    scale: ValueScale
  ) throws(IndexError) {
    let range = scale.rootMeanSquare > 0 ? scale.largest / scale.rootMeanSquare : 1
    var codec = parameters.codec
    var layout = parameters.layout
    var reason = "as asked for"
    if codec == nil {
      if range > Self.mostRange {
        codec = .half
        reason = "the largest value is \(Int(range)) times the root mean square: too uneven for codes"
      } else if layout != .slim && dimension >= Self.leastFatDimension || layout == .fat {
        codec = .products
        reason = "\(dimension) dimensions: neighbors' codes in a row save a cache miss for each"
      } else {
        codec = .bytes
        reason = "\(dimension) dimensions are \((dimension + 63) / 64) cache lines as bytes"
      }
    }
    if layout == nil {
      layout = codec == .products ? .fat : .slim
    }
    guard let codec, let layout else { preconditionFailure("both were chosen") }
    guard Self.fits(codec, layout) else {
      throw .invalidParameter(
        name: "codec",
        value: codec.rawValue,
        allowed: layout == .fat
          ? "pq or rabitq with layout=fat"
          : "f32, f16, sq8, sq4 or rabitq with layout=slim; pq needs layout=fat"
      )
    }
    self.codec = codec
    self.layout = layout
    self.reason = reason
    let isFloat = codec == .float || codec == .half
    rerank = parameters.rerank ?? (isFloat ? .none : .residual)
    guard rerank != .residual || !isFloat else {
      throw .invalidParameter(
        name: "rerank",
        value: rerank.rawValue,
        allowed: "f32, f16 or none with codec=\(codec.rawValue)"
      )
    }
    let M = parameters.M ?? (layout == .fat || dimension >= Self.leastFatDimension ? 16 : 32)
    // A block of neighbors' codes costs the same whether it is full or not.
    degree = layout == .fat ? (2 * M + 31) / 32 * 32 : 2 * M
    efConstruction = parameters.efConstruction
    groups = Int(ProcessInfoGroups.value ?? 0) > 0 ? ProcessInfoGroups.value! : min(96, max(16, dimension / 16 * 4))
    rounds = layout == .fat ? [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, .infinity] : [1.2]
  }

  /// Whether a layout can hold a codec.
  static func fits(_ codec: HNSWParameters.Codec, _ layout: HNSWParameters.Layout) -> Bool {
    codec == .bits || (layout == .fat) == (codec == .products)
  }

  /// Whether the three go together.
  static func fits(
    _ codec: HNSWParameters.Codec,
    _ layout: HNSWParameters.Layout,
    _ rerank: Rerank.Kind
  ) -> Bool {
    fits(codec, layout) && (rerank != .residual || codec != .float && codec != .half)
  }

  /// The plan as construction parameters: what "auto" came to is what the index is.
  var parameters: Parameters {
    [
      "M": .integer(degree / 2), "efConstruction": .integer(efConstruction),
      "codec": .text(codec.rawValue), "layout": .text(layout.rawValue),
      "rerank": .text(rerank.rawValue),
    ]
  }
}

import Glibc
enum ProcessInfoGroups { static var value: Int? { unsafe getenv("NG").flatMap { unsafe Int(String(cString: $0)) } } }
