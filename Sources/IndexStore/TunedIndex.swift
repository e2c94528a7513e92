public import VectorCore

/// An index with the recall curve that was measured on it: a search may name the recall that it
/// wants, and the curve says which setting gives it.
///
/// ```swift
/// let found = try index.search(queries, k: 10, parameters: ["recall": 0.95])
/// ```
/// A search that names neither `recall` nor the curve's own parameter gets the recall that the
/// index was tuned for. Other search parameters are passed on; the curve was measured with their
/// defaults.
public struct TunedIndex: StoredIndex {
  /// The index that is searched.
  public let base: any StoredIndex
  /// What was measured on it.
  public let curve: RecallCurve

  /// Joins an index and its curve; a curve that the index already has is replaced.
  public init(_ index: any StoredIndex, curve: RecallCurve) {
    base = (index as? TunedIndex)?.base ?? index
    self.curve = curve
  }

  /// What the index is and holds.
  public var summary: IndexSummary { base.summary }

  /// The ids of the indexed vectors.
  public var ids: VectorIDs { base.ids }

  /// Turns a wish for a recall into the backend's own parameter.
  ///
  /// - Parameters:
  ///   - parameters: search parameters as given.
  ///   - k: neighbors per query, at least 1.
  /// - Returns: parameters without `recall`; unchanged where they name the curve's parameter.
  /// - Throws: ``RecallError`` where both are given, or for a recall or `k` beyond the curve;
  ///   ``VectorCore/IndexError`` for a recall that is no number between 0 and 1.
  public func searchParameters(_ parameters: Parameters, k: Int) throws -> Parameters {
    let wish = parameters[Parameters.recallName]
    if parameters[curve.parameter] != nil {
      guard wish == nil else { throw RecallError.bothGiven(parameter: curve.parameter) }
      return parameters
    }
    var result = parameters
    result[Parameters.recallName] = nil
    // Vectors that were held out could not be found in the tuning: whoever asks for all vectors gets
    // what the largest search there needed.
    let most = curve.available(of: summary.count)
    guard let wish else {
      result[curve.parameter] = try curve.defaultSetting(k: min(k, most))
      return result
    }
    guard let target = wish.number else {
      throw IndexError.invalidParameter(
        name: Parameters.recallName,
        value: wish.description,
        allowed: RecallCurve.allowedTargets
      )
    }
    result[curve.parameter] = try curve.setting(reaching: target, k: min(k, most))
    return result
  }

  /// Searches with the setting that the curve gives.
  public func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    try base.nearestRows(
      to: queries,
      k: k,
      parameters: searchParameters(parameters, k: k),
      threads: threads
    )
  }

  /// Writes the index's sections and the curve.
  public func store(in writer: inout IndexFileWriter) throws {
    try base.store(in: &writer)
    try writer.write(RecallCurve.section, SharedArray(curve.encoded()), optional: true)
  }
}

extension TunedIndex: AttributeHolder {
  package var heldAttributes: AttributeTable? { base.attributeTable }
}
