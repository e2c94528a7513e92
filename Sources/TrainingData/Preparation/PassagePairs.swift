public import Retrieval
public import VectorCore

/// Makes judgments of a corpus alone: every passage is relevant to the query of its own id.
///
/// With templates that take different fields of a passage, such as its text for the query and its
/// title for the passage, these are pairs to train on that need no judges. A retriever that has learned
/// them knows the words of its corpus before it sees a question: Wang et al., "Text Embeddings by
/// Weakly-Supervised Contrastive Pre-training", 2022, arXiv:2212.03533.
public struct PassagePairs: Sendable {
  /// The corpus.
  public let corpus: TextFile
  /// Its fields; a passage that lacks one of the template's gives no pair.
  public let layout: TextLayout
  /// How many passages are taken, drawn evenly from all that give a pair; `nil` takes all.
  public let sample: Int?
  /// Fixes the draw.
  public let seed: UInt64

  /// Names the corpus and the fields.
  public init(_ corpus: TextFile, layout: TextLayout, sample: Int? = nil, seed: UInt64) {
    precondition(sample.map { $0 > 0 } ?? true, "a sample of \(sample ?? 0)")
    self.corpus = corpus
    self.layout = layout
    self.sample = sample
    self.seed = seed
  }

  /// What was read and written.
  public struct Counts: Sendable, Equatable {
    /// Passages read.
    public var passages = 0
    /// Passages that lack one of the fields.
    public var lacking = 0
    /// Pairs written.
    public var pairs = 0
    /// Lines in which bytes that are no UTF-8 were replaced.
    public var replaced = 0
  }

  /// Writes the judgments, lines `id 0 id 1` with tabs, in the order of the corpus.
  ///
  /// - Parameters:
  ///   - path: the file; appears when it is complete.
  ///   - progress: told now and then how far the work has come.
  /// - Returns: what was read and written.
  /// - Throws: `FileError` for a bad line, and where no passage has all of the fields.
  /// - Complexity: O(size of the corpus) time; with `sample` memory for that many ids.
  public func write(
    to path: String,
    progress: @escaping PreparationProgress = { _ in }
  ) throws(FileError) -> Counts {
    var counts = Counts()
    var steps = ProgressSteps("reading passages", progress)
    var reader = try TextReader(corpus, layout: layout)
    var output = try AtomicFile(path: path)
    var drawn = sample.map { Reservoir(size: $0, seed: seed) }
    while let record = try reader.next() {
      steps.note(reader)
      counts.passages += 1
      guard record.emptyFields == 0 else {
        counts.lacking += 1
        continue
      }
      let id = Array(record.id.utf8)
      drawn?.offer(id[...])
      guard drawn == nil else { continue }
      try output.write(Self.line(of: id))
      counts.pairs += 1
    }
    for id in drawn?.kept ?? [] {
      try output.write(Self.line(of: id))
      counts.pairs += 1
    }
    counts.replaced = reader.counts.replaced
    guard counts.pairs > 0 else { throw noPair(of: counts.passages) }
    try output.commit()
    return counts
  }

  private static func line(of id: [UInt8]) -> [UInt8] {
    id + Array("\t0\t".utf8) + id + Array("\t1\n".utf8)
  }

  private func noPair(of passages: Int) -> FileError {
    FileError(
      .badData,
      path: corpus.path,
      reason: passages == 0
        ? "there is no passage in it"
        : "none of \(passages) passages has all of the fields \(layout.template.fields.joined(separator: ", "))",
      remedy: "name two fields that passages have"
    )
  }
}
