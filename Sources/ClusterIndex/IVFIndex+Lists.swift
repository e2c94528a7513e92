internal import VectorCore

extension IVFIndex: ListedIndex {
  /// The row numbers, one list after the other.
  var rowsByList: SharedArray<UInt32> { lists.rows }
}
