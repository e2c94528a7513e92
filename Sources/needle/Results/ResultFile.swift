internal import Needletail

/// A file of results, which appears under its name when it is complete.
///
/// A file that is dropped before it is finished leaves nothing behind.
final class ResultFile {
  /// How a run is written, and what its lines say.
  struct Style {
    let format: ResultFormat
    /// Names of the queries; `nil` stands for their row numbers.
    let queryIDs: [String]?
    /// The ids of the vectors, whose names stand in TREC runs and JSON.
    let ids: VectorIDs
    /// The last column of a TREC run.
    let tag: String
    let metric: Metric
    /// Entries per query in a format of fixed width.
    let k: Int
  }

  private let path: String
  private let style: Style
  private var text: AtomicFile?
  private var matrix: MatrixWriter?
  private var count = 0

  /// Creates the file's temporary.
  ///
  /// - Throws: ``VectorCore/FileError`` where it cannot be created, or has an ending that does not
  ///   go with the format.
  init(_ path: String, style: Style) throws(FileError) {
    self.path = path
    self.style = style
    if style.format == .ivecs {
      matrix = try MatrixWriter(path, dimension: style.k, element: .int32)
      text = nil
    } else {
      matrix = nil
      text = try AtomicFile(path: path)
    }
  }

  /// Appends the results of the next queries.
  ///
  /// - Throws: ``VectorCore/FileError`` for a full disk, and for an id that the format cannot hold.
  func append(_ results: SearchResults) throws(FileError) {
    if style.format == .ivecs {
      let rows = try rows(results)
      try matrix?.append(rows.span)
    } else {
      let lines = style.format == .trec ? trec(results) : jsonLines(results)
      try text?.write(Array(lines.utf8))
    }
    count += results.queryCount
  }

  /// Puts the file under its name.
  ///
  /// - Throws: ``VectorCore/FileError``; nothing is left behind then.
  func finish() throws(FileError) {
    try text.take()?.commit()
    try matrix?.finish()
  }

  private func trec(_ results: SearchResults) -> String {
    var lines = ""
    for query in 0..<results.queryCount {
      let number = count + query
      let name = style.queryIDs?[number] ?? "\(number)"
      for (place, neighbor) in results[query].enumerated() {
        // trec_eval sorts by descending score, so a distance is written as its negative.
        let score = style.metric.largerIsNearer ? neighbor.score : 0 - neighbor.score
        let id = style.ids.text(of: neighbor.id)
        lines += "\(name) Q0 \(id) \(place + 1) \(score) \(style.tag)\n"
      }
    }
    return lines
  }

  private func jsonLines(_ results: SearchResults) -> String {
    var lines = ""
    for query in 0..<results.queryCount {
      let neighbors = results[query]
      let number = count + query
      let line = JSONText.object([
        ("query", style.queryIDs.map { .text($0[number]) } ?? .integer(number)),
        ("ids", .list(neighbors.map { id(of: $0) })),
        ("scores", .list(neighbors.map { .single($0.score) })),
      ])
      lines += line.written + "\n"
    }
    return lines
  }

  private func id(of neighbor: Neighbor) -> JSONText {
    style.ids.names == nil ? .unsigned(neighbor.id) : .text(style.ids.text(of: neighbor.id))
  }

  private func rows(_ results: SearchResults) throws(FileError) -> [Int] {
    var rows: [Int] = []
    rows.reserveCapacity(results.queryCount * style.k)
    for query in 0..<results.queryCount {
      let neighbors = results[query]
      for neighbor in neighbors {
        guard let id = Int32(exactly: neighbor.id) else {
          throw FileError(
            .badData,
            path: path,
            place: "query \(count + query)",
            reason: "id \(neighbor.id) does not fit the 32 bits of the format ivecs",
            remedy: "use --format trec or jsonl"
          )
        }
        rows.append(Int(id))
      }
      // An index that found fewer leaves holes, which faiss and its tools mark with -1.
      rows += repeatElement(-1, count: style.k - neighbors.count)
    }
    return rows
  }
}
