import Testing
import VectorCore

@testable import Tokenization

@Suite struct ByteTrieTests {
  /// Short keys over few and over all bytes, so that many share prefixes and slots are scarce.
  private func randomKeys(_ count: Int, letters: UInt64, seed: UInt64) -> [[UInt8]] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      (0..<1 + generator.next() % 7).map { _ in UInt8(generator.next() % letters) }
    }
  }

  @Test(arguments: [2, 26, 256] as [UInt64])
  func findsWhatADictionaryFinds(letters: UInt64) {
    let keys = randomKeys(5000, letters: letters, seed: letters)
    let values = keys.indices.map { Int32($0) }
    let trie = ByteTrie(keys: keys, values: values)
    let expected = Dictionary(zip(keys, values)) { $1 }
    for key in keys + randomKeys(5000, letters: letters, seed: 99) {
      #expect(trie.value(of: key) == expected[key])
    }
  }

  @Test func prefixesOfKeysAreNoKeys() {
    let trie = ByteTrie(keys: [Array("abc".utf8), Array("b".utf8)], values: [7, 8])
    #expect(trie.value(of: "ab".utf8) == nil)
    #expect(trie.value(of: "abc".utf8) == 7)
    #expect(trie.value(of: "abcd".utf8) == nil)
    #expect(trie.value(of: "".utf8) == nil)
    #expect(trie.value(of: [0]) == nil)
  }

  @Test func emptySetFindsNothing() {
    let trie = ByteTrie(keys: [], values: [])
    #expect((0...255).allSatisfy { trie.value(of: [UInt8($0)]) == nil })
  }

  @Test func emptyKeyIsLeftOut() {
    let trie = ByteTrie(keys: [[], [0]], values: [3, 4])
    #expect(trie.value(of: []) == nil)
    #expect(trie.value(of: [0]) == 4)
  }
}
