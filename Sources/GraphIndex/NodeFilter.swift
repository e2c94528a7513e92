internal import VectorCore

/// A filter of rows as a walk over nodes asks it; a class, so that a call counts one reference.
final class NodeFilter: Sendable {
  let rows: RowFilter
  /// Nodes that stand for a matching row, ascending; at least one.
  let nodes: SharedArray<UInt32>
  /// A bit for each node.
  private let words: SharedArray<UInt64>
  /// Matching nodes at which walks begin: those of an index may be far from any that matches.
  private let entries: EntryPoints
  /// Codes of the entry points, see ``NodeStore/Layout/codes(of:)``.
  private let entryCodes: SharedArray<UInt8>

  /// Turns rows into nodes; `nil` where no row matches.
  ///
  /// - Complexity: O(rows).
  init?(_ rows: RowFilter, of index: HNSWIndex) {
    guard rows.matches > 0 else { return nil }
    let graph = index.nodes
    var nodes: [UInt32] = []
    var words = [UInt64](repeating: 0, count: (graph.count + 63) / 64)
    for node in 0..<graph.count
    where graph.places(of: node).contains(where: { rows[graph.rows[$0]] }) {
      nodes.append(UInt32(node))
      words[node / 64] |= 1 << UInt64(node % 64)
    }
    self.rows = rows
    self.nodes = SharedArray(nodes)
    self.words = SharedArray(words)
    entries = EntryPoints(sampling: nodes)
    entryCodes = index.store.layout.codes(of: entries)
  }

  /// The parts as pointers, valid while this is alive.
  var view: NodeFilterView {
    guard let nodes = unsafe nodes.baseAddress, let words = unsafe words.baseAddress,
      let entryCodes = unsafe entryCodes.baseAddress
    else { preconditionFailure("some node matches") }
    return unsafe NodeFilterView(
      words: words,
      nodes: nodes,
      count: self.nodes.count,
      entries: entries.view,
      entryCodes: entryCodes
    )
  }
}

/// A filter while it is used.
@unsafe
struct NodeFilterView {
  let words: UnsafePointer<UInt64>
  let nodes: UnsafePointer<UInt32>
  /// The number of matching nodes.
  let count: Int
  let entries: EntryView
  let entryCodes: UnsafePointer<UInt8>

  /// Whether a node, which must be one, matches.
  @inline(__always)
  func matches(_ node: UInt32) -> Bool {
    unsafe words[Int(node &>> 6)] &>> UInt64(node & 63) & 1 == 1
  }
}

extension EntryPoints {
  /// Takes some nodes of many, evenly, each a group of its own: all are measured.
  fileprivate init(sampling nodes: [UInt32]) {
    let wanted = min(nodes.count, Self.mostSampled)
    let sample = (0..<wanted).map { nodes[$0 * nodes.count / wanted] }
    self.init(nodes: SharedArray(sample), starts: SharedArray((0...UInt32(wanted)).map { $0 }))
  }

  /// Entry points of a filter, at most; a walk has room for as many at once.
  static let mostSampled = 256
}
