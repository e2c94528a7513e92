/// An index that says why it is as it is, where that was left to its construction.
///
/// The reason is of the index just built: a file keeps what was chosen, not why.
public protocol ExplainedIndex: VectorIndex {
  /// What was chosen and why: "codec=pq, layout=fat: 384 dimensions …"; empty where nothing was
  /// left open, and for an index that was opened.
  var reason: String { get }
}
