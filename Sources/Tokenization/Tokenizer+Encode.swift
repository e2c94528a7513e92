internal import Synchronization
internal import VectorCore

extension Tokenizer {
  /// The ids of a text.
  ///
  /// - Parameters:
  ///   - text: any text; tokens such as `[SEP]` in it become that token.
  ///   - maxLength: how many ids may come out, special tokens included; the text's last ones are cut
  ///     off.
  ///   - addSpecialTokens: whether the tokens that the model expects around a sequence are added.
  /// - Returns: the ids.
  /// - Throws: ``TokenizationError`` where the special tokens alone do not fit, and where a library
  ///   fails.
  /// - Complexity: O(length) for natural text; what is cut off is not looked at.
  public func encode(
    _ text: String,
    maxLength: Int,
    addSpecialTokens: Bool = true
  ) throws(TokenizationError) -> [Int32] {
    var scratch = Scratch()
    let room = try room(maxLength, addSpecialTokens)
    return try encode(text.utf8Span.span, room, addSpecialTokens, &scratch)
  }

  /// The ids of a text that may not be valid UTF-8.
  ///
  /// Each ill-formed sequence becomes U+FFFD as Python's `bytes.decode("utf-8", "replace")` makes
  /// it: one for each maximal part of a character (Unicode, section 3.9, table 3-8).
  /// - Parameters:
  ///   - bytes: the text.
  ///   - maxLength: as for texts.
  ///   - addSpecialTokens: as for texts.
  /// - Returns: the ids.
  /// - Throws: ``TokenizationError`` where the special tokens alone do not fit, and where a library
  ///   fails.
  public func encode(
    bytes: [UInt8],
    maxLength: Int,
    addSpecialTokens: Bool = true
  ) throws(TokenizationError) -> [Int32] {
    var scratch = Scratch()
    let room = try room(maxLength, addSpecialTokens)
    return try encodeRepaired(bytes, room, addSpecialTokens, &scratch)
  }

  /// Wraps the ids of a text that was encoded without special tokens, as training data hold them.
  ///
  /// - Parameters:
  ///   - ids: the text's ids.
  ///   - maxLength: how many ids may come out, special tokens included; the last of `ids` are cut off.
  ///   - addSpecialTokens: whether the tokens that the model expects around a sequence are added.
  /// - Returns: the ids.
  /// - Throws: ``TokenizationError`` for an id that is not in the vocabulary, and where the special
  ///   tokens alone do not fit.
  public func encode(
    ids: [Int32],
    maxLength: Int,
    addSpecialTokens: Bool = true
  ) throws(TokenizationError) -> [Int32] {
    let room = try room(maxLength, addSpecialTokens)
    if let place = ids.firstIndex(where: { $0 < 0 || Int($0) >= vocabularySize }) {
      throw .unknownID(id: ids[place], place: place, vocabularySize: vocabularySize)
    }
    guard addSpecialTokens else { return Array(ids.prefix(room)) }
    return template.prefix + ids.prefix(room) + template.suffix
  }

  /// The ids of many texts, on several threads.
  ///
  /// - Parameters:
  ///   - texts: any texts.
  ///   - maxLength: as for one text.
  ///   - addSpecialTokens: as for one text.
  ///   - threads: how many threads may work, at least 1; the ids do not depend on it.
  /// - Returns: the ids of each text, in the order of `texts`.
  /// - Throws: ``TokenizationError`` where the special tokens alone do not fit, and where a library
  ///   fails.
  public func encodeBatch(
    _ texts: [String],
    maxLength: Int,
    addSpecialTokens: Bool = true,
    threads: Int
  ) throws(TokenizationError) -> [[Int32]] {
    let room = try room(maxLength, addSpecialTokens)
    return try inParallel(texts.count, threads) { (index, scratch) throws(TokenizationError) in
      try encode(texts[index].utf8Span.span, room, addSpecialTokens, &scratch)
    }
  }

  /// The ids of many texts that may not be valid UTF-8; see
  /// ``encode(bytes:maxLength:addSpecialTokens:)``.
  ///
  /// - Parameters:
  ///   - texts: the texts.
  ///   - maxLength: as for one text.
  ///   - addSpecialTokens: as for one text.
  ///   - threads: how many threads may work, at least 1; the ids do not depend on it.
  /// - Returns: the ids of each text, in the order of `texts`.
  /// - Throws: ``TokenizationError`` where the special tokens alone do not fit, and where a library
  ///   fails.
  public func encodeBatch(
    bytes texts: [[UInt8]],
    maxLength: Int,
    addSpecialTokens: Bool = true,
    threads: Int
  ) throws(TokenizationError) -> [[Int32]] {
    let room = try room(maxLength, addSpecialTokens)
    return try inParallel(texts.count, threads) { (index, scratch) throws(TokenizationError) in
      try encodeRepaired(texts[index], room, addSpecialTokens, &scratch)
    }
  }

  /// How many ids of a text have room.
  private func room(
    _ maxLength: Int,
    _ addSpecialTokens: Bool
  ) throws(TokenizationError) -> Int {
    let specials = addSpecialTokens ? template.count : 0
    guard maxLength >= specials, maxLength >= 0 else {
      throw .tooShort(maxLength: maxLength, specialTokens: specials)
    }
    return maxLength - specials
  }

  private func encode(
    _ text: Span<UInt8>,
    _ room: Int,
    _ addSpecialTokens: Bool,
    _ scratch: inout Scratch
  ) throws(TokenizationError) -> [Int32] {
    var ids: [Int32] = []
    ids.reserveCapacity(min(room, text.count / 4) + template.count)
    if addSpecialTokens { ids.append(contentsOf: template.prefix) }
    try append(text, to: &ids, limit: room, &scratch)
    if addSpecialTokens { ids.append(contentsOf: template.suffix) }
    return ids
  }

  private func encodeRepaired(
    _ bytes: [UInt8],
    _ room: Int,
    _ addSpecialTokens: Bool,
    _ scratch: inout Scratch
  ) throws(TokenizationError) -> [Int32] {
    if let valid = try? UTF8Span(validating: bytes.span) {
      return try encode(valid.span, room, addSpecialTokens, &scratch)
    }
    // The standard library repairs by the same rule as Python.
    let repaired = String(decoding: bytes, as: UTF8.self)
    return try encode(repaired.utf8Span.span, room, addSpecialTokens, &scratch)
  }

  /// Runs `body` for each index with the scratch space of its thread.
  private func inParallel(
    _ count: Int,
    _ threads: Int,
    _ body: @Sendable (Int, inout Scratch) throws(TokenizationError) -> [Int32]
  ) throws(TokenizationError) -> [[Int32]] {
    let scratches = (0..<threads).map { _ in ThreadScratch() }
    let results = Mutex([[Int32]](repeating: [], count: count))
    let failure = Mutex<(index: Int, error: TokenizationError)?>(nil)
    parallelFor(count, chunk: 64, threads: threads) { worker, range in
      scratches[worker].space.withLock { scratch in
        var part: [[Int32]] = []
        for index in range {
          do throws(TokenizationError) {
            part.append(try body(index, &scratch))
          } catch {
            failure.withLock {
              $0 = $0.map { $0.index < index ? $0 : (index, error) } ?? (index, error)
            }
            return
          }
        }
        results.withLock { $0.replaceSubrange(range, with: part) }
      }
    }
    if let first = failure.withLock({ $0 }) { throw first.error }
    return results.withLock { $0 }
  }
}

/// A thread's scratch space; only one thread at a time asks for it, so that the lock is never waited
/// for.
private final class ThreadScratch: Sendable {
  let space = Mutex(Tokenizer.Scratch())
}
