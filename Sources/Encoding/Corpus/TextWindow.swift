internal import Retrieval
internal import Synchronization
internal import VectorCore

/// Some consecutive texts of a corpus, tokenized.
struct TextWindow: Sendable {
  let ids: [String]
  let tokens: [[Int32]]
}

/// Reads a corpus window by window: one is in memory here, whatever the corpus's size.
final class TextWindows: Sendable {
  /// What has been read, and how long that took.
  struct Progress: Sendable {
    var counts = TextCounts()
    var readTime = Duration.zero
    var tokenizeTime = Duration.zero
  }

  private struct State: ~Copyable {
    var reader: TextReader
    var left: Int
    var progress = Progress()
  }

  private let file: TextFile
  private let state: Mutex<State>

  /// Goes to where reading begins.
  ///
  /// - Parameters:
  ///   - file: the corpus.
  ///   - layout: its records.
  ///   - range: the records of the slice that is encoded.
  ///   - done: how many of its first records are passed over.
  /// - Throws: ``VectorCore/FileError`` where the file cannot be read.
  init(
    _ file: TextFile,
    layout: TextLayout,
    range: Range<Int>,
    done: Int
  ) throws(FileError) {
    self.file = file
    var reader = try TextReader(file, layout: layout)
    try reader.skip(range.lowerBound + done)
    state = Mutex(State(reader: reader, left: range.count - done))
  }

  /// What has been read so far.
  var progress: Progress { state.withLock { $0.progress } }

  /// Reads and tokenizes the next texts; `nil` at the end of the slice.
  ///
  /// - Throws: ``VectorCore/FileError`` for a bad line, with its number; what the tokenizer throws.
  func next(
    _ size: Int,
    tokenizer: some TextEncoder,
    threads: Int
  ) throws -> TextWindow? {
    let clock = ContinuousClock()
    let began = clock.now
    let records = try state.withLock { state in
      defer { state.progress.counts = state.reader.counts }
      return try readRecords(size, &state)
    }
    let middle = clock.now
    guard !records.isEmpty else { return nil }
    let tokens = try tokenizer.tokenize(records.map(\.text), threads: threads)
    state.withLock { state in
      state.progress.readTime += middle - began
      state.progress.tokenizeTime += clock.now - middle
    }
    return TextWindow(ids: records.map(\.id), tokens: tokens)
  }

  private func readRecords(
    _ size: Int,
    _ state: inout State
  ) throws(FileError) -> [TextRecord] {
    var records: [TextRecord] = []
    for _ in 0..<min(size, state.left) {
      guard let record = try state.reader.next() else {
        throw FileError(
          .inputOutput,
          path: file.path,
          reason: "ends at line \(state.reader.lineNumber), sooner than before",
          remedy: "leave the file alone while it is encoded"
        )
      }
      records.append(record)
    }
    state.left -= records.count
    return records
  }
}
