public import VectorCore

/// An index with attributes of its vectors.
public struct AttributedIndex: StoredIndex, ObservedIndex {
  /// The index that is searched.
  public let base: any StoredIndex
  /// The attributes, a row for each of the index.
  public let attributes: AttributeTable

  /// Joins an index and the attributes of its vectors.
  ///
  /// - Precondition: they have as many rows.
  public init(_ index: any StoredIndex, attributes: AttributeTable) {
    precondition(attributes.count == index.summary.count, "attributes of other vectors")
    base = index
    self.attributes = attributes
  }

  /// What the index is and holds.
  public var summary: IndexSummary { base.summary }

  /// The ids of the indexed vectors.
  public var ids: VectorIDs { base.ids }

  /// What the index counted.
  public var observations: [SearchObservation] {
    (base as? any ObservedIndex)?.observations ?? []
  }

  /// Searches the index.
  public func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    try base.nearestRows(to: queries, k: k, parameters: parameters, threads: threads)
  }

  /// Writes the index's sections and the attributes.
  public func store(in writer: inout IndexFileWriter) throws {
    try base.store(in: &writer)
    try attributes.store(in: &writer)
  }
}

extension AttributedIndex: AttributeHolder {
  package var heldAttributes: AttributeTable? { attributes }
}

/// An index that may have attributes of its vectors.
package protocol AttributeHolder {
  var heldAttributes: AttributeTable? { get }
}

extension VectorIndex {
  /// The attributes of the index's vectors; `nil` where it has none.
  public var attributeTable: AttributeTable? { (self as? any AttributeHolder)?.heldAttributes }
}
