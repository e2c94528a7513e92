internal import Filtering
internal import IndexStore
internal import VectorCore

/// The rows of a segmented index that are not deleted, as a set of vectors.
struct LiveRows: VectorSource {
  let name: String
  let dimension: Int
  let ids: VectorIDs
  /// The attributes of the rows; `nil` where no segment has any.
  let attributes: AttributeTable?
  /// Where each row is: its segment's place, and its row there.
  private let places: [(part: Int, row: UInt32)]
  private let parts: [any VectorSource]

  init(
    _ segments: [SegmentManifest.Segment],
    of manifest: SegmentManifest,
    in folder: String
  ) throws {
    name = folder
    dimension = manifest.dimension
    var places: [(part: Int, row: UInt32)] = []
    var parts: [any VectorSource] = []
    var numbers: [UInt64] = []
    var names: [String] = []
    var tables: [(table: AttributeTable?, count: Int)] = []
    for (part, segment) in segments.enumerated() {
      let set = try VectorSet.open(folder + "/" + segment.vectorsName)
      guard set.count == segment.count, set.dimension == manifest.dimension else {
        throw FileError(
          .badData,
          path: set.name,
          reason: "holds \(set.count) x \(set.dimension), not the segment's \(segment.count) x "
            + "\(manifest.dimension)",
          remedy: SegmentManifest.remedy
        )
      }
      let file = try IndexFile.open(folder + "/" + segment.indexName, verification: .structure)
      let live = try segment.deletedName.map { name in
        try DeletedRows.read(folder + "/" + name, count: segment.count).inverted.rows
      }
      let rows = live ?? (0..<UInt32(segment.count)).map { $0 }
      tables.append((try file.attributeTable()?.subset(rows), rows.count))
      for row in rows {
        places.append((part, row))
        if manifest.usesNames == true {
          names.append(file.ids.word(at: Int(row)))
        } else {
          numbers.append(file.ids[row])
        }
      }
      parts.append(set.source)
    }
    attributes = AttributeTable(joining: tables)
    self.places = places
    self.parts = parts
    ids =
      manifest.usesNames == true
      ? VectorIDs(names: try VectorNames(names)) : VectorIDs(unchecked: numbers)
  }

  var count: Int { places.count }

  func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError) {
    var row = rows.lowerBound
    try unsafe destination.withUnsafeMutableBufferPointer { (target) throws(FileError) in
      while row < rows.upperBound {
        // Rows that follow one another in their segment are copied together.
        let (part, first) = places[row]
        var end = row + 1
        while end < rows.upperBound, places[end].part == part,
          places[end].row == first + UInt32(end - row)
        {
          end += 1
        }
        let start = (row - rows.lowerBound) * dimension
        let room = target.extracting(start..<start + (end - row) * dimension)
        var span = unsafe room.mutableSpan
        try parts[part].copyRows(Int(first)..<Int(first) + end - row, into: &span)
        row = end
      }
    }
  }
}
