internal import VectorCore

extension TokenizerFile {
  /// The section `model`, with the words that its `pre_tokenizer` makes.
  ///
  /// - Returns: the model's own tokens, and the model.
  func segmenter(
    _ model: JSONNode
  ) throws(FileError) -> (Vocabulary, Segmenter) {
    switch try modelType(model) {
    case "WordPiece": return try wordPiece(model)
    case "Unigram": return try unigram(model)
    case "BPE": return try bytePair(model)
    case let type: throw unsupported(model, "the model '\(type)'")
    }
  }

  /// The model's type; files before 2021 have none, and the members tell.
  private func modelType(_ model: JSONNode) throws(FileError) -> String {
    if let type = try model["type"]?.text() { return type }
    return model["merges"] != nil ? "BPE" : model["unk_id"] != nil ? "Unigram" : "WordPiece"
  }

  private func wordPiece(_ model: JSONNode) throws(FileError) -> (Vocabulary, Segmenter) {
    let words = try chain(root["pre_tokenizer"], "pretokenizers")
    guard words.count == 1, try words[0].type() == "BertPreTokenizer" else {
      throw unsupported(words.first ?? root, "WordPiece without 'BertPreTokenizer'")
    }
    let vocabulary = try Vocabulary(try model.required("vocab"))
    let unknown = try model["unk_token"]?.bytes() ?? Array("[UNK]".utf8)
    guard let unknownID = vocabulary.id(of: unknown) else {
      throw model.error("its vocabulary lacks the unknown token")
    }
    let segmenter = WordPiece(
      vocabulary: vocabulary,
      unknownID: unknownID,
      prefix: try model["continuing_subword_prefix"]?.bytes() ?? Array("##".utf8),
      longestWord: Int(try model["max_input_chars_per_word"]?.id() ?? 100)
    )
    return (vocabulary, .wordPiece(segmenter))
  }

  private func unigram(_ model: JSONNode) throws(FileError) -> (Vocabulary, Segmenter) {
    guard try !model.flag("byte_fallback", default: false) else {
      throw unsupported(model, "a unigram model with byte_fallback")
    }
    var entries: [Vocabulary.Entry] = []
    var scores: [Double] = []
    for node in try model.required("vocab").elements() {
      let pair = try node.elements()
      guard pair.count == 2 else { throw node.error("is no pair of token and score") }
      let id = Int32(truncatingIfNeeded: entries.count)
      entries.append(Vocabulary.Entry(token: try pair[0].bytes(), id: id))
      scores.append(try pair[1].number())
    }
    let unknownID = try model.required("unk_id").id()
    guard Int(unknownID) < entries.count else {
      throw model.error("unk_id \(unknownID) is not among its \(entries.count) tokens")
    }
    let vocabulary = Vocabulary(entries)
    let segmenter = Unigram(
      vocabulary: vocabulary,
      scores: scores,
      unknownID: unknownID,
      words: try unigramWords()
    )
    return (vocabulary, .unigram(segmenter))
  }

  private func unigramWords() throws(FileError) -> Unigram.Words {
    var words = Unigram.Words(splitsWhitespace: false, prefixScheme: .always)
    var components = try chain(root["pre_tokenizer"], "pretokenizers")
    if let first = components.first, try first.type() == "WhitespaceSplit" {
      words.splitsWhitespace = true
      components.removeFirst()
    }
    guard components.count == 1, let node = components.first, try node.type() == "Metaspace" else {
      let node = components.first ?? root
      throw unsupported(node, "a unigram model without 'Metaspace' as its last pre_tokenizer")
    }
    guard try node["replacement"]?.bytes() == Unigram.blank, try node.flag("split", default: true)
    else { throw unsupported(node, "'Metaspace' that does not split at ▁") }
    switch try node["prepend_scheme"]?.text() {
    case "first": words.prefixScheme = .first
    case "never": words.prefixScheme = .never
    case "always": words.prefixScheme = .always
    case nil:
      words.prefixScheme = try node.flag("add_prefix_space", default: true) ? .always : .never
    case let scheme?: throw unsupported(node, "the prepend_scheme '\(scheme)'")
    }
    return words
  }

  private func bytePair(_ model: JSONNode) throws(FileError) -> (Vocabulary, Segmenter) {
    for name in ["continuing_subword_prefix", "end_of_word_suffix"] {
      guard try model[name]?.bytes().isEmpty ?? true else {
        throw unsupported(model, "a byte-pair encoding with a \(name)")
      }
    }
    let dropout = try model["dropout"]?.number() ?? 0
    guard try !model.flag("byte_fallback", default: false), dropout == 0 else {
      throw unsupported(model, "a byte-pair encoding with byte_fallback or dropout")
    }
    guard let words = root["pre_tokenizer"], try words.type() == "ByteLevel",
      try words.flag("use_regex", default: true)
    else {
      throw unsupported(root["pre_tokenizer"] ?? root, "a byte-pair encoding without 'ByteLevel'")
    }
    if let normalizer = root["normalizer"], try !chain(normalizer, "normalizers").isEmpty {
      throw unsupported(normalizer, "a normalizer before 'ByteLevel'")
    }
    let vocabulary = try Vocabulary(try model.required("vocab"))
    var wholeWords: ByteTrie?
    if try model.flag("ignore_merges", default: false) {
      let ids = (0..<Int32(truncatingIfNeeded: vocabulary.count)).map { $0 }
      wholeWords = ByteTrie(
        keys: ids.map { vocabulary.token(of: $0).flatMap(ByteAlphabet.text(of:)) ?? [] },
        values: ids
      )
    }
    let prefixes = try words.flag("add_prefix_space", default: true)
    let segmenter = BytePairEncoding(
      merges: BytePairMerges(try BytePairFiles.merges(try model.required("merges"), vocabulary)),
      byteIDs: try BytePairFiles.byteIDs(vocabulary, path: root.path),
      wholeWords: wholeWords,
      addsPrefixSpace: try configuration["add_prefix_space"]?.flag() ?? prefixes
    )
    return (vocabulary, .bytePair(segmenter))
  }
}
