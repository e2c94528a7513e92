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
  /// Codes of the entry points, see ``Layout/codes(of:)``.
  let entryCodes: SharedArray<UInt8>

  init(layout: Layout, rerank: Rerank) {
    self.layout = layout
    self.rerank = rerank
    entryCodes = layout.codes(of: layout.entries)
  }

  /// Nodes at which a walk may begin.
  var entries: EntryPoints { layout.entries }
}

extension NodeStore.Layout {
  /// Nodes at which a walk may begin.
  var entries: EntryPoints {
    switch self {
    case .codes(let links, _, _), .floats(let links, _): links.entries
    case .fat(let rows): rows.entries
    }
  }

  /// Codes of entry points side by side, as walks compare them with a query.
  func codes(of entries: EntryPoints) -> SharedArray<UInt8> {
    switch self {
    case .codes(_, let rows, _):
      return rows.codes.rows(entries.nodes, of: rows.stride)
    case .floats(_, let rows):
      return rows.bytes.rows(entries.nodes, of: rows.stride * (rows.isHalf ? 2 : 4))
    case .fat(let rows):
      return rows.codes(of: entries)
    }
  }
}

extension SharedArray<UInt8> {
  /// Copies of some rows of `size` bytes each.
  func rows(_ numbers: SharedArray<UInt32>, of size: Int) -> SharedArray<UInt8> {
    let copies = MutableMemory<UInt8>(count: numbers.count * size)
    if let from = unsafe baseAddress, let to = unsafe copies.elements.baseAddress {
      for place in 0..<numbers.count {
        unsafe (to + place * size).update(from: from + Int(numbers[place]) * size, count: size)
      }
    }
    return copies.frozen()
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
