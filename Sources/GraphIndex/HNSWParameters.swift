internal import VectorCore

/// Construction parameters of the graph.
struct HNSWParameters: Sendable {
  /// Half of the links that a node has room for; `nil` leaves it to the layout.
  // swift-format-ignore: AlwaysUseLowerCamelCase
  let M: Int?
  /// Nodes found for each node that it chooses among in the second pass; `nil` leaves it to the
  /// dimension.
  let efConstruction: Int?
  /// How vectors are coded, where the walk compares them; `nil` leaves it to the set.
  let codec: Codec?
  /// Where codes lie; `nil` leaves it to the codec.
  let layout: Layout?
  /// What the last candidates are ranked by; `nil` leaves it to the codec.
  let rerank: Rerank.Kind?

  /// How vectors are coded.
  enum Codec: String, CaseIterable, Sendable {
    case float = "f32"
    case half = "f16"
    case bytes = "sq8"
    case nibbles = "sq4"
    case bits = "rabitq"
    case lean = "leanvec"
    case products = "pq"

    /// Whether vectors are compared as they are.
    var isFloat: Bool { self == .float || self == .half }
  }

  /// Where codes lie.
  enum Layout: String, CaseIterable, Sendable {
    /// Links in rows of their own, codes of all nodes elsewhere.
    case slim
    /// A node's row holds its links and its neighbors' codes.
    case fat
  }

  static let descriptions = [
    ParameterDescription(
      "M",
      .integer(0...512),
      default: 0,
      "a node has up to 2 M links; more memory, higher recall; 0 takes 16 in the fat layout and for "
        + "long vectors, 32 for short ones"
    ),
    ParameterDescription(
      "efConstruction",
      .integer(0...65_536),
      default: 0,
      "nodes that are searched for each node's second choice of links; a longer build, a better graph; "
        + "0 takes 64, and 32 for short vectors"
    ),
    ParameterDescription(
      "codec",
      .choice(["auto"] + Codec.allCases.map(\.rawValue)),
      default: "auto",
      "how the walk sees vectors: f32, f16, bytes (sq8), half bytes (sq4), signs (rabitq), half bytes "
        + "of the principal axes (leanvec) or, in the fat layout, 4-bit product codes (pq); auto chooses by dimension, number and range"
    ),
    ParameterDescription(
      "layout",
      .choice(["auto"] + Layout.allCases.map(\.rawValue)),
      default: "auto",
      "slim keeps links and codes apart; fat keeps the codes of a node's neighbors in its row, faster "
        + "from about 100 dimensions on and several times as large"
    ),
    ParameterDescription(
      "rerank",
      .choice(["auto"] + Rerank.Kind.allCases.map(\.rawValue)),
      default: "auto",
      "what the best candidates are ranked by: f32, f16, or residual, 8 bits more a value"
    ),
  ]

  static let searchDescriptions = [
    ParameterDescription(
      "efSearch",
      .integer(1...1_048_576),
      default: 64,
      sweep: [
        10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256, 384, 512, 768,
      ],
      "nodes that are expanded, at least k; slower, higher recall"
    ),
    ParameterDescription(
      "rerank",
      .integer(0...1_048_576),
      default: 0,
      "candidates that are ranked again, at least k; 0 takes what the codec needs"
    ),
  ]

  /// Reads resolved parameters.
  init(_ parameters: Parameters) {
    let asked = parameters.integer("M")
    M = asked > 0 ? asked : nil
    let window = parameters.integer("efConstruction")
    efConstruction = window > 0 ? window : nil
    codec = Codec(rawValue: parameters.text("codec"))
    layout = Layout(rawValue: parameters.text("layout"))
    rerank = Rerank.Kind(rawValue: parameters.text("rerank"))
  }
}
