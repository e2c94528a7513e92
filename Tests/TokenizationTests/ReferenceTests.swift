import Foundation
import TestSupport
import Testing
import Tokenization

/// Ids equal to those of Hugging Face's fast tokenizers, which `make_tokenizers.py` wrote down.
@Suite struct ReferenceTests {
  @Test(arguments: TokenizerData.models)
  func idsAreHuggingFaces(_ model: String) throws {
    let tokenizer = try Tokenizer.open(directory: TokenizerData.directory(model))
    let references = try TokenizerData.references()
    let expected = try #require(references.models[model])
    for (place, text) in references.texts.enumerated() {
      let shown = String(decoding: text, as: UTF8.self).debugDescription
      let ids = try tokenizer.encode(bytes: text, maxLength: .max)
      #expect(ids == expected.ids[place], "\(model): \(shown)")
      let truncated = try tokenizer.encode(bytes: text, maxLength: 12)
      #expect(truncated == expected.truncated[place], "\(model), 12: \(shown)")
      let bare = try tokenizer.encode(bytes: text, maxLength: 12, addSpecialTokens: false)
      #expect(bare == expected.bare[place], "\(model), bare: \(shown)")
    }
  }

  @Test(arguments: TokenizerData.models)
  func decodedTextIsHuggingFaces(_ model: String) throws {
    let tokenizer = try Tokenizer.open(directory: TokenizerData.directory(model))
    let expected = try #require(try TokenizerData.references().models[model])
    for (ids, text) in zip(expected.ids, expected.decoded) {
      let decoded = tokenizer.decode(ids)
      #expect(Array(decoded.utf8) == Array(text.utf8), "\(model): \(decoded) is not \(text)")
    }
  }

  @Test(arguments: TokenizerData.models)
  func batchesEqualSingleTextsForAnyNumberOfThreads(_ model: String) throws {
    let tokenizer = try Tokenizer.open(directory: TokenizerData.directory(model))
    let references = try TokenizerData.references()
    let expected = try #require(references.models[model])
    // Several times the same texts, so that a warm cache and memo is used as well.
    let texts = (0..<5).flatMap { _ in references.texts }
    let ids = (0..<5).flatMap { _ in expected.truncated }
    for threads in [1, 2, 5] {
      #expect(try tokenizer.encodeBatch(bytes: texts, maxLength: 12, threads: threads) == ids)
    }
  }
}
