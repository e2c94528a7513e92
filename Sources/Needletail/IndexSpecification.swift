public import IndexStore
public import VectorCore

/// A backend with construction parameters: `hnsw:M=32,efConstruction=200`.
public struct IndexSpecification: Sendable, CustomStringConvertible {
  /// The kind of index.
  public let backend: any IndexBackend.Type
  /// Construction parameters as given; what is missing takes its default.
  public let parameters: Parameters

  /// Reads `backend[:name=value[,name=value]…]` and checks every name and value.
  ///
  /// - Throws: ``VectorCore/IndexError`` for a backend, a parameter or a value that does not exist;
  ///   the message lists those that do.
  public init(parsing text: String) throws(IndexError) {
    let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    backend = try Needletail.backend(named: String(sides[0]))
    parameters = try Parameters(parsing: sides.count == 2 ? sides[1] : "")
    _ = try parameters.resolved(against: backend.buildParameters, owner: backend.name)
  }

  /// The specification as it is written.
  public var description: String {
    parameters.entries.isEmpty ? backend.name : "\(backend.name):\(parameters)"
  }
}
