import Foundation
import TestSupport
import Testing
import Tokenization
import VectorCore

/// Files that are broken give one line with file and place; nothing traps.
@Suite struct BrokenFilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, _ text: String) throws {
    try folder.file(name, text.utf8)
  }

  /// What opening the folder says, its path left out.
  private func message() -> String {
    do throws(FileError) {
      _ = try Tokenizer.open(directory: folder.path)
      return "opened"
    } catch {
      #expect(!error.description.contains("\n"))
      return error.description.replacingOccurrences(of: folder.path, with: "DIR")
    }
  }

  private func original(_ name: String) throws -> String {
    try String(contentsOfFile: TokenizerData.directory(name), encoding: .utf8)
  }

  @Test func directoryWithoutATokenizer() throws {
    #expect(
      message() == "DIR: holds no tokenizer.json, vocab.txt, vocab.json with merges.txt, or "
        + "spiece.model; give the directory of a model as save_pretrained writes it"
    )
  }

  @Test func vocabularyWithADuplicate() throws {
    try write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\na\n")
    #expect(
      message() == "DIR/vocab.txt: line 8: the token 'a' stands in line 6 too; get the file again"
    )
  }

  @Test func vocabularyWithoutASpecialToken() throws {
    try write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[MASK]\na\n")
    #expect(
      message() == "DIR/vocab.txt: lacks the special token '[SEP]'; "
        + "get the file again, or name the sep_token in tokenizer_config.json"
    )
  }

  @Test func vocabularyThatIsNoText() throws {
    try folder.file("vocab.txt", Array("[PAD]\n".utf8) + [0xFF, 0x0A])
    #expect(message() == "DIR/vocab.txt: line 2: is not valid UTF-8; get the file again")
  }

  @Test func linesMayEndInCarriageReturns() throws {
    try write("vocab.txt", "[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\n[MASK]\r\na\r\n")
    let tokenizer = try Tokenizer.open(directory: folder.path)
    #expect(try tokenizer.encode("a b", maxLength: 9) == [2, 5, 1, 3])
  }

  @Test func settingsNameOtherSpecialTokens() throws {
    try write("vocab.txt", "<pad>\n[UNK]\n<s>\n</s>\n<mask>\na\n")
    let settings = """
      {"pad_token": "<pad>", "cls_token": {"content": "<s>"}, "sep_token": "</s>",
       "mask_token": "<mask>"}
      """
    try write("tokenizer_config.json", settings)
    let tokenizer = try Tokenizer.open(directory: folder.path)
    #expect(try tokenizer.encode("A</s>", maxLength: 9) == [2, 5, 3, 3])
    try write("tokenizer_config.json", "{\"pad_token\": 7}")
    #expect(
      message()
        == "DIR/tokenizer_config.json: pad_token: is a number, not a text; get the file again"
    )
  }

  @Test(arguments: [
    ("a b c\n", "line 1: a merge is two tokens with a blank between them; get the file again"),
    (
      "#version: 0.2\n\u{120}t h\n",
      "line 2: the token 'Ġt' is not in the vocabulary; "
        + "use a vocabulary and merges of the same model"
    ),
    (
      "#version: 0.2\nt h\n\nq z\n",
      "line 3: a merge is two tokens with a blank between them; "
        + "get the file again"
    ),
    (
      "t h\nq z\n",
      "line 2: the token 'qz' is not in the vocabulary; "
        + "use a vocabulary and merges of the same model"
    ),
  ])
  func merges(_ text: String, _ expected: String) throws {
    let vocabulary = try original("bytepair/vocab.json").replacingOccurrences(
      of: "\"\u{120}t\"",
      with: "\"\u{120}tt!\""
    )
    try write("vocab.json", vocabulary)
    try write("merges.txt", text)
    #expect(message() == "DIR/merges.txt: " + expected)
  }

  @Test func mergesAreMissing() throws {
    try write("vocab.json", try original("bytepair/vocab.json"))
    #expect(message() == "DIR/merges.txt: no such file; check the path")
  }

  @Test(arguments: [
    ("{\"a\": 1,\n\"b\": -1}", "b: is -1, not a whole number from 0 to 16777216; "),
    ("{\"a\": 1,\n\"b\": 1e300}", "b: is 1e300, not a whole number from 0 to 16777216; "),
    ("{\"a\": 1,\n\"b\": \"x\"}", "b: is a text, not a number; "),
    ("{\"a\": 1,\n\"a\": 2}", "the token 'a' stands there twice; "),
    ("{\"a\": 1,\n\"b\": 1}", "the tokens 'a' and 'b' have the same id 1; "),
    ("[1]", "is a list, not an object; "), ("{}", "holds no tokens; "),
    ("{\"a\":\n1", "line 2, column 2: is no JSON: ',' or '}' is expected; "),
  ])
  func byteVocabularies(_ text: String, _ expected: String) throws {
    try write("vocab.json", text)
    #expect(message() == "DIR/vocab.json: " + expected + "get the file again")
  }

  @Test(arguments: [
    ("\"type\":\"WordPiece\"", "\"type\":\"WordLevel\"", "model: the model 'WordLevel' is"),
    ("BertNormalizer", "NFKC", "normalizer: the normalizer 'NFKC' is"),
    ("BertPreTokenizer", "Digits", "pre_tokenizer: WordPiece without 'BertPreTokenizer' is"),
    ("TemplateProcessing", "Magic", "post_processor: the post_processor 'Magic' is"),
  ])
  func componentsThatAreNotSupported(_ old: String, _ new: String, _ expected: String) throws {
    let text = try original("wordpiece-unclean/tokenizer.json")
    try write("tokenizer.json", text.replacingOccurrences(of: old, with: new))
    #expect(
      message() == "DIR/tokenizer.json: \(expected) not supported; "
        + "use a model of the BERT, RoBERTa or T5 family"
    )
  }

  @Test(arguments: [
    ("unigram-first", "\"byte_fallback\":false", "\"byte_fallback\":true", "byte_fallback"),
    ("unigram-first", "\"split\":true", "\"split\":false", "'Metaspace' that does not split at ▁"),
    ("bytepair-prefixed", "\"use_regex\":true", "\"use_regex\":false", "without 'ByteLevel'"),
    ("bytepair-prefixed", "\"dropout\":null", "\"dropout\":0.1", "byte_fallback or dropout"),
  ])
  func settingsThatAreNotSupported(
    _ model: String,
    _ old: String,
    _ new: String,
    _ expected: String
  ) throws {
    let text = try original(model + "/tokenizer.json")
    try write("tokenizer.json", text.replacingOccurrences(of: old, with: new))
    #expect(message().contains(expected), "\(message())")
  }

  @Test func templateWithAForeignID() throws {
    let text = try original("wordpiece-unclean/tokenizer.json")
    try write(
      "tokenizer.json",
      text.replacingOccurrences(of: "\"ids\":[2]", with: "\"ids\":[7777]")
    )
    #expect(
      message() == "DIR/tokenizer.json: post_processor: the id 7777 is not in the vocabulary; "
        + "get the file again"
    )
  }

  @Test func modelThatIsNone() throws {
    try write("spiece.model", "this is no model at all")
    #expect(message() == "DIR/spiece.model: byte 1: not a SentencePiece model; get the file again")
    try write("spiece.model", "")
    #expect(
      message() == "DIR/spiece.model: byte 0: not a SentencePiece model: no pieces; "
        + "get the file again"
    )
  }

  /// Every kind of damage opens or throws; an opened tokenizer encodes.
  @Test(arguments: [
    "unigram/spiece.model", "unigram-first/tokenizer.json", "wordpiece-cased/tokenizer.json",
    "bytepair-prefixed/tokenizer.json",
  ])
  func damagedFilesNeverTrap(_ name: String) throws {
    let path = TokenizerData.directory(name)
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    let file = String(name.split(separator: "/")[1])
    var generator = SplitMix64(seed: 3)
    var refused = 0
    for round in 0..<60 {
      var bytes = whole
      if round % 3 == 0 {
        bytes = Array(bytes.prefix(Int(generator.next() % UInt64(bytes.count))))
      } else {
        for _ in 0..<1 + round { bytes[Int(generator.next() % UInt64(bytes.count))] ^= 0x15 }
      }
      try folder.file(file, bytes)
      guard let tokenizer = try? Tokenizer.open(directory: folder.path) else {
        refused += 1
        continue
      }
      _ = tokenizer.decode(try tokenizer.encode("ﬁ é① a\u{200d}b ｶ plant", maxLength: 64))
    }
    #expect(refused >= 20)
  }
}
