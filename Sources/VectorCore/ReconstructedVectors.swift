/// The vectors of an index as a source.
package struct ReconstructedVectors: VectorSource {
  private let base: any ReconstructingIndex

  /// Takes all rows of an index that gives its vectors back.
  package init(of base: any ReconstructingIndex) { self.base = base }

  /// What an error message calls them.
  package var name: String { "the index" }
  /// The number of rows.
  package var count: Int { base.summary.count }
  /// The length of each vector.
  package var dimension: Int { base.summary.dimension }

  /// Copies rows as the index gives them back.
  package func copyRows(
    _ rows: Range<Int>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    try base.reconstruct(rows.map { UInt32($0) }.span, into: &destination)
  }

  /// Copies rows as the index gives them back.
  package func copyRows(
    at rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    try base.reconstruct(rows, into: &destination)
  }
}
