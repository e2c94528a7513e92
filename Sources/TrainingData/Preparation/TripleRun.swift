internal import VectorCore

/// Consecutive triples of one query, which become one record of a sort.
struct TripleRun {
  private var query: [UInt8] = []
  private var firstLine: UInt64 = 0
  /// The negatives, separated by commas.
  private var negatives: [UInt8] = []

  /// Longer runs become several records, so that no query needs much memory.
  private static let largest = 1 << 16

  /// Adds a line of the file; what was collected goes to `sort` where another run begins.
  ///
  /// - Returns: what is wrong with the line, `nil` where nothing is.
  /// - Throws: `FileError` where the sort cannot write.
  mutating func add(
    _ line: Span<UInt8>,
    number: UInt64,
    to sort: inout ExternalSort
  ) throws(FileError) -> String? {
    guard let first = line.firstTab(from: 0), let second = line.firstTab(from: first + 1),
      line.firstTab(from: second + 1) == nil
    else {
      return "has not three fields; a line is 'query<TAB>positive<TAB>negative'"
    }
    guard first > 0, second > first + 1, line.count > second + 1 else {
      return "has an empty field; a line is 'query<TAB>positive<TAB>negative'"
    }
    let negative = line.extracting(second + 1..<line.count)
    guard negative.firstIndex(of: UInt8(ascii: ","), from: 0) == nil else {
      return "the negative's id holds a comma, which separates the ids of the result"
    }
    let id = line.extracting(0..<first)
    if !id.isEqual(to: query.span) || negatives.count > Self.largest {
      try end(&sort)
      query.append(contentsOf: id)
      firstLine = number
    } else {
      negatives.append(UInt8(ascii: ","))
    }
    negatives.append(contentsOf: negative)
    return nil
  }

  /// Gives what was collected to `sort`.
  ///
  /// - Throws: `FileError` where the sort cannot write.
  mutating func end(_ sort: inout ExternalSort) throws(FileError) {
    guard !query.isEmpty else { return }
    try sort.append(
      rank: IDOrder.rank(query.span),
      key: query.span,
      number: firstLine,
      payload: negatives.span
    )
    query.removeAll(keepingCapacity: true)
    negatives.removeAll(keepingCapacity: true)
  }
}
