internal import VectorCore

/// Construction parameters of the graph.
struct HNSWParameters: Sendable {
  /// Links that a node gets when it is inserted; the base layer has room for twice as many.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  let M: Int
  /// The beam's width during construction.
  let efConstruction: Int

  static let descriptions = [
    ParameterDescription(
      "M",
      .integer(2...512),
      default: 16,
      "links per node and layer, twice as many in the base layer; more memory, higher recall"
    ),
    ParameterDescription(
      "efConstruction",
      .integer(1...65_536),
      default: 200,
      "beam width while building; a longer build, a better graph"
    ),
  ]

  static let searchDescriptions = [
    ParameterDescription(
      "efSearch",
      .integer(1...1_048_576),
      default: 64,
      sweep: [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768],
      "beam width while searching, at least k is used; slower, higher recall"
    )
  ]

  /// Reads resolved parameters.
  init(_ parameters: Parameters) {
    M = parameters.integer("M")
    efConstruction = max(parameters.integer("efConstruction"), M)
  }
}
