/// A selection of another source's rows.
struct ChosenRows: VectorSource {
  let base: any VectorSource
  let rows: [UInt32]

  var name: String { base.name }
  var count: Int { rows.count }
  var dimension: Int { base.dimension }

  func copyRows(_ range: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    try base.copyRows(at: Array(rows[range]).span, into: &destination)
  }

  func copyRows(
    at places: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    let chosen = places.indices.map { rows[Int(places[$0])] }
    try base.copyRows(at: chosen.span, into: &destination)
  }
}
