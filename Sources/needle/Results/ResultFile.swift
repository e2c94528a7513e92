internal import Needletail

/// A file of results, which appears under its name when it is complete.
///
/// A file that is dropped before it is finished leaves nothing behind.
final class ResultFile {
  /// How a run is written, and what its lines say.
  struct Style {
    let format: ResultFormat
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
  /// - Parameters:
  ///   - results: what was found.
  ///   - names: of the queries, as many; `nil` stands for their numbers.
  /// - Throws: ``VectorCore/FileError`` for a full disk, and for an id that the format cannot hold.
  func append(_ results: SearchResults, names: ArraySlice<String>? = nil) throws(FileError) {
    switch style.format {
    case .ivecs:
      let rows = try rows(results)
      try matrix?.append(rows.span)
    case .trec:
      try write(results, names) { query, id, rank, score in
        "\(query) Q0 \(id) \(rank) \(score) \(style.tag)\n"
      }
    case .msmarco:
      try write(results, names) { query, id, rank, _ in "\(query)\t\(id)\t\(rank)\n" }
    case .jsonl: try text?.write(Array(jsonLines(results, names).utf8))
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

  /// Writes a line for each neighbor.
  private func write(
    _ results: SearchResults,
    _ names: ArraySlice<String>?,
    _ line: (_ query: String, _ id: String, _ rank: Int, _ score: Float) -> String
  ) throws(FileError) {
    var lines = ""
    for query in 0..<results.queryCount {
      let name = names.map { $0[$0.startIndex + query] } ?? "\(count + query)"
      for (place, neighbor) in results[query].enumerated() {
        // trec_eval sorts by descending score, so a distance is written as its negative.
        let score = style.metric.largerIsNearer ? neighbor.score : 0 - neighbor.score
        lines += line(name, style.ids.text(of: neighbor.id), place + 1, score)
      }
    }
    try text?.write(Array(lines.utf8))
  }

  private func jsonLines(_ results: SearchResults, _ names: ArraySlice<String>?) -> String {
    var lines = ""
    for query in 0..<results.queryCount {
      let neighbors = results[query]
      let line = JSONText.object([
        ("query", names.map { .text($0[$0.startIndex + query]) } ?? .integer(count + query)),
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
