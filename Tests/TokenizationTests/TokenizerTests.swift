import Testing
import Tokenization
import VectorCore

@Suite struct TokenizerTests {
  private func open(_ model: String) throws -> Tokenizer {
    try Tokenizer.open(directory: TokenizerData.directory(model))
  }

  @Test func wrapsAsEachFamilyDoes() throws {
    let templates: [String: (before: [String], after: [String])] = [
      "wordpiece": (["[CLS]"], ["[SEP]"]),
      "bytepair": (["<s>"], ["</s>"]),
      "unigram": ([], ["</s>"]),
    ]
    for (model, template) in templates {
      let tokenizer = try open(model)
      let before = template.before.compactMap(tokenizer.id(of:))
      let after = template.after.compactMap(tokenizer.id(of:))
      let expected: [Int32] = before + [20, 21] + after
      #expect(try tokenizer.encode(ids: [20, 21], maxLength: 8) == expected, "\(model)")
      #expect(tokenizer.addedTokenCount == template.before.count + template.after.count)
    }
  }

  @Test func truncatesReadyIDsOnTheRight() throws {
    let tokenizer = try open("wordpiece")
    let ids = Array(Int32(10)..<30)
    #expect(try tokenizer.encode(ids: ids, maxLength: 5) == [2, 10, 11, 12, 3])
    #expect(try tokenizer.encode(ids: ids, maxLength: 22) == [2] + ids + [3])
    #expect(try tokenizer.encode(ids: ids, maxLength: 2) == [2, 3])
    #expect(try tokenizer.encode(ids: ids, maxLength: 3, addSpecialTokens: false) == [10, 11, 12])
    #expect(try tokenizer.encode(ids: [], maxLength: 3) == [2, 3])
  }

  @Test func readyIDsGiveWhatTheirTextGives() throws {
    let text = "a perennial herb [SEP] with white flowers and a fleshy root"
    for model in TokenizerData.models {
      let tokenizer = try open(model)
      let bare = try tokenizer.encode(text, maxLength: .max, addSpecialTokens: false)
      for length in [2, 3, 9, 100] {
        let whole = try tokenizer.encode(text, maxLength: length)
        #expect(try tokenizer.encode(ids: bare, maxLength: length) == whole, "\(model) \(length)")
        #expect(whole.count <= length)
      }
    }
  }

  @Test func refusesIDsOfAnotherVocabulary() throws {
    let tokenizer = try open("wordpiece")
    let error = #expect(throws: TokenizationError.self) {
      try tokenizer.encode(ids: [5, 2000], maxLength: 8)
    }
    #expect(
      error?.description
        == "token 1: the id 2000 is not in the vocabulary, whose ids are from 0 to 1999; "
        + "use ids of the same tokenizer"
    )
    #expect(error?.kind == .badData)
    #expect(throws: TokenizationError.self) { try tokenizer.encode(ids: [-1], maxLength: 8) }
  }

  @Test(arguments: [1, 0, -1, .min])
  func refusesALengthWithoutRoom(_ length: Int) throws {
    let tokenizer = try open("wordpiece")
    let expected = TokenizationError.tooShort(maxLength: length, specialTokens: 2)
    #expect(throws: expected) { try tokenizer.encode("a", maxLength: length) }
    #expect(throws: expected) { try tokenizer.encode(ids: [7], maxLength: length) }
    #expect(throws: expected) { try tokenizer.encodeBatch(["a"], maxLength: length, threads: 2) }
    #expect(expected.kind == .usage)
  }

  @Test func knowsTheSpecialTokens() throws {
    let bert = try open("wordpiece")
    #expect(bert.padID == 0)
    #expect(bert.specialTokens.unknown == 1)
    #expect(bert.specialTokens.classifier == 2)
    #expect(bert.specialTokens.separator == 3)
    #expect(bert.specialTokens.mask == 4)
    #expect(bert.specialTokens.end == nil)
    #expect(bert.vocabularySize == 2000)
    let t5 = try open("unigram")
    #expect(t5.padID == 0)
    #expect(t5.specialTokens.end == 1)
    #expect(t5.specialTokens.classifier == nil)
    #expect(t5.id(of: "<extra_id_0>") == 1099)
    #expect(t5.id(of: "<extra_id_99>") == 1000)
    #expect(t5.vocabularySize == 1100)
    // Three added tokens stand behind the 2,000 of the model, which has a fourth itself.
    #expect(try open("wordpiece-cased").vocabularySize == 2003)
    #expect(try open("bytepair").padID == 1)
  }

  @Test func stringsAndBytesGiveTheSame() throws {
    let texts = ["naïve café 😀", "", "a\u{0}b", "한국어 [SEP] x"]
    for model in TokenizerData.models {
      let tokenizer = try open(model)
      let single = try texts.map { try tokenizer.encode($0, maxLength: 20) }
      #expect(
        try texts.map { try tokenizer.encode(bytes: Array($0.utf8), maxLength: 20) } == single
      )
      #expect(try tokenizer.encodeBatch(texts, maxLength: 20, threads: 3) == single)
    }
  }

  @Test func aLongWordTakesNoLongTime() throws {
    // 200,000 bytes in one word: quadratic merging would take minutes.
    let word = String(repeating: "abcdefghij", count: 20_000)
    let tokenizer = try open("bytepair")
    let ids = try tokenizer.encode(word, maxLength: .max, addSpecialTokens: false)
    #expect(tokenizer.decode(ids) == word)
  }

  @Test func decodingLeavesOutUnknownIDs() throws {
    let tokenizer = try open("wordpiece")
    let ids = try tokenizer.encode("a plant", maxLength: 9)
    #expect(tokenizer.decode(ids + [-5, .max, 99_999]) == "a plant")
    #expect(tokenizer.decode(ids, skipSpecialTokens: false) == "[CLS] a plant [SEP]")
  }
}
