/// Rows of an index that a search may find, a bit for each.
///
/// ```swift
/// let recent = RowFilter(count: index.summary.count) { years[Int($0)] >= 2020 }
/// let results = try index.matching(recent).search(queries.span, k: 10)
/// ```
public struct RowFilter: Sendable, Equatable {
  /// The number of rows of the index.
  public let count: Int
  /// How many of them may be found.
  public let matches: Int
  /// `[ceil(count / 64)]`; bits past the last row are zero.
  package let words: SharedArray<UInt64>

  private init(count: Int, words: [UInt64]) {
    self.count = count
    matches = words.reduce(0) { $0 + $1.nonzeroBitCount }
    self.words = SharedArray(words)
  }

  /// Takes the bits as they lie in a file; `nil` where one is set past the last row.
  package init?(count: Int, words: SharedArray<UInt64>) {
    precondition(words.count == (count + 63) / 64, "\(words.count) words for \(count) rows")
    if !count.isMultiple(of: 64), words[words.count - 1] >> UInt64(count % 64) != 0 { return nil }
    self.count = count
    matches = (0..<words.count).reduce(0) { $0 + words[$1].nonzeroBitCount }
    self.words = words
  }

  /// Lets a search find rows for which `isMatch` is true.
  ///
  /// - Parameters:
  ///   - count: the number of rows of the index.
  ///   - isMatch: called once for each row, in order.
  /// - Throws: what `isMatch` throws.
  public init(count: Int, where isMatch: (UInt32) throws -> Bool) rethrows {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for row in 0..<count where try isMatch(UInt32(row)) { words[row / 64] |= 1 << UInt64(row % 64) }
    self.init(count: count, words: words)
  }

  /// Lets a search find some rows.
  ///
  /// - Parameters:
  ///   - count: the number of rows of the index.
  ///   - rows: in any order, each below `count`; the same row may come twice.
  public init(count: Int, rows: some Sequence<UInt32>) {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for row in rows {
      precondition(row < count, "row \(row) of \(count)")
      words[Int(row) / 64] |= 1 << UInt64(row % 64)
    }
    self.init(count: count, words: words)
  }

  /// Whether a row may be found.
  public subscript(row: UInt32) -> Bool {
    precondition(row < count, "row \(row) of \(count)")
    return words[Int(row) / 64] >> UInt64(row % 64) & 1 == 1
  }

  /// The share of the rows that may be found, 0 for an empty index.
  public var selectivity: Double { count == 0 ? 0 : Double(matches) / Double(count) }

  /// The rows that may be found, ascending.
  public var rows: [UInt32] {
    var rows: [UInt32] = []
    rows.reserveCapacity(matches)
    for place in 0..<words.count {
      var word = words[place]
      while word != 0 {
        rows.append(UInt32(64 * place + word.trailingZeroBitCount))
        word &= word - 1
      }
    }
    return rows
  }

  /// The other rows.
  public var inverted: RowFilter {
    var words = (0..<self.words.count).map { ~self.words[$0] }
    if !count.isMultiple(of: 64), let last = words.indices.last {
      words[last] &= 1 << UInt64(count % 64) - 1
    }
    return RowFilter(count: count, words: words)
  }

  /// Rows that both let through.
  public func intersection(_ other: RowFilter) -> RowFilter { combined(other, &) }

  /// Rows that one of both lets through.
  public func union(_ other: RowFilter) -> RowFilter { combined(other, |) }

  private func combined(_ other: RowFilter, _ join: (UInt64, UInt64) -> UInt64) -> RowFilter {
    precondition(count == other.count, "filters of \(count) and \(other.count) rows")
    return RowFilter(
      count: count,
      words: (0..<words.count).map { join(words[$0], other.words[$0]) }
    )
  }
}
