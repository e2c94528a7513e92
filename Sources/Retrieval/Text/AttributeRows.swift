internal import VectorCore

/// Which vector a line is about.
struct AttributeRows {
  private let rowOf: [[UInt8]: Int]?
  private var isTaken: [Bool]
  private var next = 0

  /// Takes the ids, or `nil` where lines are in the order of the vectors.
  init(ids: VectorIDs?, count: Int) {
    isTaken = Array(repeating: false, count: count)
    rowOf = ids.map { ids in
      Dictionary((0..<count).map { (Array(ids.word(at: $0).utf8), $0) }) { first, _ in first }
    }
  }

  mutating func row(of id: String?, _ reader: borrowing LineReader) throws(FileError) -> Int {
    guard let rowOf else {
      guard next < isTaken.count else {
        throw reader.error(
          "there are only \(isTaken.count) vectors",
          remedy: "give a line for each vector, or ids in a column 'id'"
        )
      }
      next += 1
      return next - 1
    }
    guard let id else {
      throw reader.error("the line has no id, though others have", remedy: "give ids to all lines")
    }
    guard let row = rowOf[Array(id.utf8)] else {
      throw reader.error("no vector has the id '\(id)'", remedy: "leave the line out")
    }
    guard !isTaken[row] else {
      throw reader.error("the id '\(id)' came before", remedy: "give each id once")
    }
    isTaken[row] = true
    return row
  }

  /// Checks that lines without ids were as many as the vectors.
  func checkAll(_ path: String) throws(FileError) {
    guard rowOf == nil, next < isTaken.count else { return }
    throw FileError(
      .badData,
      path: path,
      reason: "\(next) lines for \(isTaken.count) vectors",
      remedy: "give a line for each vector, or ids in a column 'id'"
    )
  }
}
