internal import VectorCore

/// Construction parameters of the inverted lists.
struct IVFParameters: Sendable {
  /// The number of lists.
  let nlist: Int
  /// What candidates are ranked again by.
  let rerank: RerankRows.Kind?

  static let descriptions = [
    ParameterDescription(
      "nlist",
      .integer(0...1_048_576),
      default: 0,
      "number of lists; 0 chooses about 3 times the root of the number of vectors"
    ),
    ParameterDescription(
      "rerank",
      .choice(["auto"] + RerankRows.Kind.allCases.map(\.rawValue)),
      default: "auto",
      "what candidates are ranked again by: f16, f32 at twice the memory, or residual, 8 bits more a "
        + "value, at half of it; auto takes f16 where its range suffices"
    ),
  ]

  /// Reads resolved parameters for `count` vectors.
  init(_ parameters: Parameters, count: Int) {
    let asked = parameters.integer("nlist")
    // Lists shorter than two panels would be mostly padding.
    let chosen = min(3 * Int(Double(count).squareRoot()), count / 32)
    nlist = max(1, min(asked > 0 ? asked : chosen, count))
    rerank = RerankRows.Kind(rawValue: parameters.text("rerank"))
  }
}

/// How one search chooses lists and candidates.
struct ProbeRule: Sendable {
  /// Lists to scan; 0 leaves it to the margin.
  let nprobe: Int
  /// How far below the best a list's bound may lie, in standard deviations of the residuals.
  let margin: Float
  /// Candidates to rank again.
  let rerank: Int

  static let descriptions = [
    ParameterDescription(
      "nprobe",
      .integer(0...1_048_576),
      default: 0,
      "lists to scan; 0 scans those within the margin, which takes fewer for the same recall"
    ),
    ParameterDescription(
      "margin",
      .real(0...1_000),
      default: 3,
      sweep: [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 4.5, 5, 6, 8, 12],
      "scan every list whose bound is within this many standard deviations of the best list's; "
        + "slower, higher recall"
    ),
    ParameterDescription(
      "rerank",
      .integer(0...65_536),
      default: 0,
      "candidates to rank again, at least k; 0 takes k and a fifth more"
    ),
  ]

  /// Reads resolved parameters.
  init(_ parameters: Parameters, k: Int, count: Int) {
    nprobe = parameters.integer("nprobe")
    margin = Float(parameters.real("margin"))
    let asked = parameters.integer("rerank")
    rerank = min(max(k, asked > 0 ? asked : k + max(2, k / 5)), count)
  }
}
