/// An index that keeps its vectors in lists of near ones.
///
/// Queries that follow one another in the order of the lists scan the same ones: a search of all of
/// an index's own vectors is faster in that order.
package protocol ListedIndex: VectorIndex {
  /// The row numbers in the order of the lists, `[count]`; of an index just built, each row once.
  var rowsByList: SharedArray<UInt32> { get }
}
