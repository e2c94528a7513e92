internal import Retrieval
public import VectorCore

/// Joins paragraphs and titles into a corpus of lines `id<TAB>title<TAB>text`.
///
/// Every paragraph gives a line, with an empty title where it has none. Lines are ordered by id:
/// decimal integers first, by their values, then all other ids by their bytes. Of each file's lines
/// only the first field behind the id is kept.
public struct CorpusJoin: Sendable {
  /// The file of lines `id<TAB>text`, plain or gzip, in any order.
  public let paragraphs: String
  /// The file of lines `id<TAB>title`, plain or gzip, in any order.
  public let titles: String

  /// Names the files.
  public init(paragraphs: String, titles: String) {
    self.paragraphs = paragraphs
    self.titles = titles
  }

  /// What was joined.
  public struct Counts: Sendable, Equatable {
    /// Lines of the corpus.
    public var paragraphs = 0
    /// Lines that have a title.
    public var titled = 0
    /// Titles without a paragraph, which are left out.
    public var titlesWithoutParagraph = 0
    /// The first id of those, in the order of ids.
    public var firstTitleWithoutParagraph: String?
    /// Sorted runs that were written to a temporary file, since the memory was too small.
    public var temporaryRuns = 0
  }

  /// Writes the corpus.
  ///
  /// - Parameters:
  ///   - path: the corpus; appears when it is complete.
  ///   - space: what sorting may use.
  ///   - progress: told now and then how far the work has come.
  /// - Returns: what was joined.
  /// - Throws: `FileError` for a line without tab or id, for an id that stands on two lines of a
  ///   file, with both numbers, and where a file cannot be read or written.
  /// - Complexity: O(n log n) time; memory for `space` and the longest lines.
  public func write(
    to path: String,
    in space: SortSpace,
    progress: @escaping PreparationProgress = { _ in }
  ) throws(FileError) -> Counts {
    var output = try AtomicFile(path: path)
    var paragraphs = try KeyedLines(
      self.paragraphs,
      field: "text",
      in: space.half,
      progress: progress
    )
    var titles = try KeyedLines(self.titles, field: "title", in: space.half, progress: progress)
    var counts = Counts()
    counts.temporaryRuns = paragraphs.temporaryRuns + titles.temporaryRuns
    var steps = ProgressSteps("joining", progress)
    var line: [UInt8] = []
    var hasTitle = try titles.advance()
    while try paragraphs.advance() {
      while hasTitle, titles.isBefore(paragraphs) {
        counts.note(titleWithoutParagraph: titles.id)
        hasTitle = try titles.advance()
      }
      line.removeAll(keepingCapacity: true)
      line += paragraphs.id
      line.append(UInt8(ascii: "\t"))
      if hasTitle, titles.id == paragraphs.id {
        line += titles.text
        counts.titled += 1
        hasTitle = try titles.advance()
      }
      line.append(UInt8(ascii: "\t"))
      line += paragraphs.text
      line.append(UInt8(ascii: "\n"))
      try output.write(line)
      counts.paragraphs += 1
      steps.note(of: paragraphs.count)
    }
    while hasTitle {
      counts.note(titleWithoutParagraph: titles.id)
      hasTitle = try titles.advance()
    }
    try output.commit()
    return counts
  }
}

extension CorpusJoin.Counts {
  fileprivate mutating func note(titleWithoutParagraph id: [UInt8]) {
    titlesWithoutParagraph += 1
    if firstTitleWithoutParagraph == nil {
      firstTitleWithoutParagraph = String(decoding: id, as: UTF8.self)
    }
  }
}
