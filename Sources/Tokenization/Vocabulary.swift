/// The tokens of a model with their ids; tokens are bytes, since Swift's strings take canonically
/// equivalent ones for equal, which a vocabulary does not.
struct Vocabulary: Sendable {
  /// One entry.
  struct Entry: Sendable {
    var token: [UInt8]
    var id: Int32
  }

  /// From tokens to ids.
  let trie: ByteTrie
  /// From ids to tokens; an unused id has no bytes.
  private let tokens: [[UInt8]]

  /// No vocabulary can have more ids, so that a wrong one in a file takes no memory.
  static let largestID: Int32 = 1 << 24

  /// Creates a vocabulary; of equal tokens the last one counts.
  ///
  /// - Precondition: ids are from 0 to ``largestID``.
  init(_ entries: [Entry]) {
    trie = ByteTrie(keys: entries.map(\.token), values: entries.map(\.id))
    var tokens = [[UInt8]](
      repeating: [],
      count: (entries.lazy.map { Int($0.id) }.max() ?? -1) + 1
    )
    for entry in entries { tokens[Int(entry.id)] = entry.token }
    self.tokens = tokens
  }

  /// One more than the largest id.
  var count: Int { tokens.count }

  /// An entry whose token or id a later one of the same list has too, with that one's place.
  func firstDuplicate(in entries: [Entry]) -> (first: Int, second: Int)? {
    for (place, entry) in entries.enumerated() where !entry.token.isEmpty {
      guard id(of: entry.token) != entry.id || tokens[Int(entry.id)] != entry.token else {
        continue
      }
      let second = entries.lastIndex { $0.token == entry.token || $0.id == entry.id }
      return (place, second ?? place)
    }
    return nil
  }

  /// The id of a token.
  func id(of token: some Sequence<UInt8>) -> Int32? { trie.value(of: token) }

  /// The token of an id; `nil` where there is none.
  func token(of id: Int32) -> [UInt8]? {
    guard tokens.indices.contains(Int(id)), !tokens[Int(id)].isEmpty else { return nil }
    return tokens[Int(id)]
  }
}
