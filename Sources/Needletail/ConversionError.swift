public import VectorCore

/// An index that cannot be made of another.
public enum ConversionError: NeedletailError, Equatable {
  /// The index knows no rows near each of its rows.
  case noGraph(backend: String)
  /// The backend does not begin with such rows.
  case notOfGraph(backend: String)

  /// Usage.
  public var kind: FailureKind { .usage }

  /// One line with the remedy.
  public var description: String {
    switch self {
    case .noGraph(let backend):
      "\(backend) has no graph to convert, cuvs-cagra has; build the index from its vectors instead"
    case .notOfGraph(let backend):
      "\(backend) is not made of a graph; convert to hnsw, or build \(backend) from the vectors"
    }
  }
}
