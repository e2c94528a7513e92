import Encoding
import Synchronization
import TestSupport
import VectorCore

/// An encoder without a model: words are tokens, and a vector depends on its text alone.
final class FakeEncoder: TextEncoder {
  struct Interrupted: Error {}

  let dimension = 3
  let padsBatches: Bool
  /// Called before each batch with the batches so far.
  private let hook: @Sendable (Int) throws -> Void
  /// A text whose vector is not finite.
  private let refused: [Int32]?
  private let seen = Mutex<[[[Int32]]]>([])

  init(
    padsBatches: Bool = true,
    refusing refused: [Int32]? = nil,
    _ hook: @escaping @Sendable (Int) throws -> Void = { _ in }
  ) {
    self.padsBatches = padsBatches
    self.refused = refused
    self.hook = hook
  }

  /// The batches that were encoded.
  var batches: [[[Int32]]] { seen.withLock { $0 } }

  func tokenize(_ texts: [[UInt8]], threads: Int) throws -> [[Int32]] { texts.map(Self.tokens) }

  /// A token for each word, behind one that every text has.
  static func tokens(of text: [UInt8]) -> [Int32] {
    [1] + text.split(separator: 0x20).map { word in word.reduce(7) { $0 &* 31 &+ Int32($1) } }
  }

  func encode(_ batch: [[Int32]]) throws -> [Float] {
    try hook(batches.count)
    seen.withLock { $0.append(batch) }
    if let text = batch.firstIndex(where: { $0 == refused }) {
      throw EncodingError.notFinite(text: text)
    }
    return batch.flatMap { Self.vector(of: $0) }
  }

  /// The vector of a text.
  static func vector(of tokens: [Int32]) -> [Float] {
    let sum = tokens.reduce(Int32(0)) { ($0 &* 17 &+ $1) % 1_000_003 }
    return [Float(sum) / 4_096, Float(tokens.count), Float(sum % 97)]
  }
}

/// A corpus of texts of many lengths, `id<TAB>title<TAB>text`.
func sampleCorpus(_ count: Int, prefix: String = "doc") -> String {
  (0..<count).map { row in
    let words = (0..<(row * 7 % 13)).map { "w\(row)-\($0)" }.joined(separator: " ")
    return "\(prefix)\(row)\ttitle \(row)\t\(words)\n"
  }.joined()
}

extension TemporaryFolder {
  /// All files below a folder by their names, with their bytes.
  func contents(_ folder: String) throws -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    for name in try Folder.names(in: path(folder)) {
      result[name] = try bytes(folder + "/" + name)
    }
    return result
  }
}
