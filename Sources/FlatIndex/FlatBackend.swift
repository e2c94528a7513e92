internal import CKernels
public import IndexStore
internal import IntegerScan
public import VectorCore

/// Exact search over all vectors: the measure of every other index.
public enum FlatBackend: IndexBackend {
  /// The backend's name.
  public static let name = "flat"
  /// One line on the backend.
  public static let summary = "exact search: every vector is compared with every query"
  /// `first`.
  public static let buildParameters = [
    ParameterDescription(
      "first",
      .choice(["none", "int8"]),
      default: "none",
      "a first pass: int8 drops by their 8-bit codes what provably is not among the nearest; "
        + "the same answers, a quarter more memory"
    )
  ]
  /// None: there is nothing to trade.
  public static let searchParameters: [ParameterDescription] = []

  /// Whether this processor multiplies bytes much faster than floats.
  package static var hasFastFirstPass: Bool {
    ["avx512-vnni", "neon-dot"].contains(integerKernelName)
  }

  /// The share of matching rows up to which they are worth a copy: beyond, a scan of all costs less
  /// than twice as much.
  static let scannedShare = 0.5

  /// Packs the vectors into panels, or encodes them for a first pass.
  ///
  /// - Parameters:
  ///   - vectors: at least one vector.
  ///   - parameters: resolved against ``buildParameters``.
  ///   - options: metric and threads; the seed fixes the rotation of the codes, no answer.
  /// - Returns: the index.
  /// - Throws: what reading the vectors throws.
  /// - Complexity: O(count · dimension) time, with a factor log(dimension) for codes; the index takes
  ///   4 bytes a value, 5 with codes.
  public static func build(
    _ vectors: VectorSet,
    parameters: Parameters,
    options: BuildOptions
  ) throws -> any StoredIndex {
    let screened = parameters.text("first") == "int8"
    let summary = IndexSummary(
      backend: name,
      // Files without a first pass stay as they were before there was a choice.
      parameters: screened ? parameters : [:],
      metric: options.metric,
      count: vectors.count,
      dimension: vectors.dimension,
      seed: options.seed
    )
    if screened {
      try checkCodedDimension(of: vectors, for: "\(name):first=int8")
      let rows = try ScreenedRows(encoding: vectors, options: options)
      return ScreenedFlatIndex(summary: summary, ids: vectors.ids, rows: rows)
    }
    let panels = try Panels(packing: vectors, options: options)
    return FlatIndex(summary: summary, ids: vectors.ids, panels: panels)
  }

  /// Opens a stored index; the vectors stay in the file's mapping.
  ///
  /// - Parameter file: an index file of this backend.
  /// - Returns: the index.
  /// - Throws: ``VectorCore/FileError`` where the file's sections do not fit its summary.
  public static func open(_ file: IndexFile) throws -> any StoredIndex {
    let summary = file.summary
    if summary.parameters["first"] == "int8" { return try ScreenedFlatIndex(file) }
    let floats = Panels.floatCount(count: summary.count, dimension: summary.dimension)
    return FlatIndex(
      summary: summary,
      ids: file.ids,
      panels: Panels(
        try file.array(FlatIndex.section, of: Float.self, count: floats),
        count: summary.count,
        dimension: summary.dimension
      )
    )
  }
}
