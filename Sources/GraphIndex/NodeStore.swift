internal import CKernels
internal import VectorCore

/// The nodes of a graph as a search reads them: links and codes in one of the layouts, and what the last
/// candidates are ranked by.
struct NodeStore: Sendable {
  /// Links and codes.
  enum Layout: Sendable {
    /// Links, and codes of all nodes: in the space, or along axes of it.
    case codes(GraphLinks, CodedRows, along: Projection?)
    /// Links, and vectors in single precision, or in half.
    case floats(GraphLinks, FloatRows)
    /// Rows of everything.
    case fat(FatRows)
  }

  let layout: Layout
  let rerank: Rerank

  /// Nodes at which a walk may begin.
  var entries: EntryPoints {
    switch layout {
    case .codes(let links, _, _), .floats(let links, _): links.entries
    case .fat(let rows): rows.entries
    }
  }
}

/// Vectors in single or half precision, each on cache lines of its own.
struct FloatRows: Sendable {
  let isHalf: Bool
  /// Elements from row to row.
  let stride: Int
  /// `[count, stride]`, filled up with zeros.
  let bytes: SharedArray<UInt8>

  /// The stride for vectors of `dimension`: whole cache lines.
  static func stride(dimension: Int, isHalf: Bool) -> Int {
    let line = isHalf ? 32 : 16
    return (dimension + line - 1) / line * line
  }
}
