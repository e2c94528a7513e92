public import Retrieval

/// What encoding a corpus, or the rest of one, came to.
public struct CorpusEncoding: Sendable {
  /// Texts in the slice, or in the file.
  public let count: Int
  /// Texts that were encoded before this run began.
  public let present: Int
  /// Tokens of the texts of this run, special tokens included.
  public private(set) var tokens = 0
  /// Tokens that the model computed, those included that only filled up a batch.
  public private(set) var computedTokens = 0
  /// What was met in the texts of this run.
  public private(set) var counts = TextCounts()
  /// Time for reading lines and making texts of them.
  public private(set) var readTime = Duration.zero
  /// Time for the tokenizer.
  public private(set) var tokenizeTime = Duration.zero
  /// Time for the model.
  public private(set) var encodeTime = Duration.zero
  /// Time for writing and for waiting until the disk has it.
  public internal(set) var writeTime = Duration.zero
  /// From begin to end.
  ///
  /// Reading and tokenizing go on beside the model, so the parts may sum to more.
  public internal(set) var time = Duration.zero

  init(count: Int, present: Int) {
    self.count = count
    self.present = present
  }

  /// Texts that were encoded by this run.
  public var encoded: Int { count - present }

  /// The share of computed tokens that only filled up batches, 0 to 1.
  public var paddingShare: Double {
    computedTokens > 0 ? 1 - Double(tokens) / Double(computedTokens) : 0
  }

  mutating func add(_ work: EncodedWindow.Work) {
    tokens += work.tokens
    computedTokens += work.computedTokens
    encodeTime += work.time
  }

  mutating func add(_ progress: TextWindows.Progress) {
    counts = progress.counts
    readTime += progress.readTime
    tokenizeTime += progress.tokenizeTime
  }
}

/// The vectors of a window, in the order of its texts.
struct EncodedWindow: Sendable {
  struct Work: Sendable {
    var tokens = 0
    var computedTokens = 0
    var time = Duration.zero
  }

  /// `[count, dimension]`, row-major.
  var vectors: [Float]
  var work = Work()

  init(count: Int, dimension: Int) {
    vectors = [Float](repeating: 0, count: count * dimension)
  }
}
