internal import Filtering
internal import IndexStore
internal import VectorCore

/// The files of an index's segments while it is changed, each opened once: they never change.
struct SegmentFiles {
  /// The folder of the index.
  let folder: String
  private var open: [Int: IndexFile] = [:]

  init(folder: String) { self.folder = folder }

  /// A row that is not deleted, by its id.
  struct FoundRow {
    let id: String
    let segment: Int
    let row: UInt32
  }

  /// The index of a segment.
  mutating func file(of segment: SegmentManifest.Segment) throws -> IndexFile {
    if let file = open[segment.number] { return file }
    let file = try IndexFile.open(folder + "/" + segment.indexName, verification: .structure)
    open[segment.number] = file
    return file
  }

  /// Closes the files of other segments.
  mutating func forget(but segments: [SegmentManifest.Segment]) {
    let numbers = Set(segments.map(\.number))
    open = open.filter { numbers.contains($0.key) }
  }

  /// The rows of some ids that are not deleted.
  ///
  /// - Complexity: O(rows + words).
  mutating func rows(
    of words: [String],
    in segments: [SegmentManifest.Segment]
  ) throws -> [FoundRow] {
    var found: [FoundRow] = []
    for segment in segments where segment.deletedCount < segment.count {
      let deleted = try deletedRows(of: segment)
      let rows = try file(of: segment).ids.rows(of: words, count: segment.count)
      for (word, row) in zip(words, rows) {
        guard let row, !deleted[row] else { continue }
        found.append(FoundRow(id: word, segment: segment.number, row: row))
      }
    }
    return found
  }

  /// The deleted rows of a segment.
  func deletedRows(of segment: SegmentManifest.Segment) throws(FileError) -> RowFilter {
    guard let name = segment.deletedName else {
      return RowFilter(count: segment.count, rows: [])
    }
    return try DeletedRows.read(folder + "/" + name, count: segment.count)
  }
}
