internal import VectorCore

/// Reads model directories without a `tokenizer.json`, as transformers' fast tokenizers do.
struct VocabularyDirectory {
  /// The directory.
  let directory: String
  /// What its settings say.
  let configuration: TokenizerConfiguration

  /// BERT: `vocab.txt`, one token a line; a token's id is its line.
  ///
  /// - Throws: ``FileError`` with the line of a duplicate, or naming a special token that is missing.
  func wordPiece() throws(FileError) -> TokenizerParts {
    let path = "\(directory)/vocab.txt"
    let vocabulary = try Self.lines(of: path)
    let specials = try configuration.specialTokens(.bert, in: vocabulary, path: path)
    let model = WordPiece(
      vocabulary: vocabulary,
      unknownID: specials["unk_token"]?.id ?? 0,
      prefix: Array("##".utf8),
      longestWord: 100
    )
    var normalizer = BertNormalizer()
    try normalizer.apply(configuration)
    return TokenizerParts(
      path: path,
      vocabulary: vocabulary,
      addedTokens: specials.values.sorted { $0.id < $1.id },
      normalizer: Normalizer(steps: [.bert(normalizer)]),
      segmenter: .wordPiece(model),
      template: SequenceTemplate(
        prefix: [specials["cls_token"]?.id].compactMap { $0 },
        suffix: [specials["sep_token"]?.id].compactMap { $0 }
      ),
      decoder: .wordPiece(prefix: Array("##".utf8), cleansUp: true)
    )
  }

  /// RoBERTa: `vocab.json` and `merges.txt`.
  ///
  /// - Throws: ``FileError`` with the line of a wrong merge or id, or naming a special token that is
  ///   missing.
  func bytePair() throws(FileError) -> TokenizerParts {
    let path = "\(directory)/vocab.json"
    let vocabulary = try Vocabulary(try JSONNode.file(path))
    var specials = try configuration.specialTokens(.roberta, in: vocabulary, path: path)
    if try configuration.specialToken("mask_token")?["content"] == nil {
      // As in RoBERTa's own files: a mask takes the place of a word with its blank.
      specials["mask_token"]?.stripsLeft = true
    }
    let merges = try BytePairFiles.merges("\(directory)/merges.txt", vocabulary)
    let model = BytePairEncoding(
      merges: BytePairMerges(merges),
      byteIDs: try BytePairFiles.byteIDs(vocabulary, path: path),
      wholeWords: nil,
      addsPrefixSpace: try configuration["add_prefix_space"]?.flag() ?? false
    )
    return TokenizerParts(
      path: path,
      vocabulary: vocabulary,
      addedTokens: specials.values.sorted { $0.id < $1.id },
      normalizer: Normalizer(steps: []),
      segmenter: .bytePair(model),
      template: SequenceTemplate(
        prefix: [specials["cls_token"]?.id].compactMap { $0 },
        suffix: [specials["sep_token"]?.id].compactMap { $0 }
      ),
      decoder: .byteLevel
    )
  }

  /// T5: `spiece.model`, and behind its pieces the `<extra_id_n>`, the largest number first.
  ///
  /// - Throws: ``FileError`` with the byte where the file is no unigram model.
  func unigram(_ engine: UnigramEngine) throws(FileError) -> TokenizerParts {
    let path = "\(directory)/spiece.model"
    let file = try SentencePieceFile(path: path)
    try Self.checkUnigram(file, path: path)
    var tokens = file.pieces.map { (token: $0.token, score: Double($0.score)) }
    let extra = try configuration["extra_ids"]?.id() ?? 100
    for number in (0..<extra).reversed() {
      tokens.append((token: Array("<extra_id_\(number)>".utf8), score: 0))
    }
    let entries = tokens.enumerated().map {
      Vocabulary.Entry(token: $0.element.token, id: Int32(truncatingIfNeeded: $0.offset))
    }
    let vocabulary = Vocabulary(entries)
    let specials = try configuration.specialTokens(.t5, in: vocabulary, path: path)
    var added = specials.values.sorted { $0.id < $1.id }
    for (id, piece) in file.pieces.enumerated()
    where piece.type == .control || piece.type == .userDefined {
      let id = Int32(truncatingIfNeeded: id)
      guard !added.contains(where: { $0.id == id }) else { continue }
      added.append(AddedToken(content: piece.token, id: id, isSpecial: piece.type == .control))
    }
    added += entries.suffix(Int(extra)).map {
      AddedToken(content: $0.token, id: $0.id, isSpecial: true)
    }
    var steps: [Normalizer.Step] = []
    let segmenter: Segmenter
    switch engine {
    case .sentencePiece: segmenter = .sentencePiece(try SentencePieceModel(path: path))
    case .native:
      steps = try Self.characterMap(file, path: path)
      let model = Unigram(
        vocabulary: vocabulary,
        scores: tokens.map(\.score),
        unknownID: Int32(truncatingIfNeeded: file.unknownID),
        words: Unigram.Words()
      )
      segmenter = .unigram(model)
    }
    return TokenizerParts(
      path: path,
      vocabulary: vocabulary,
      addedTokens: added,
      normalizer: Normalizer(steps: steps),
      segmenter: segmenter,
      template: SequenceTemplate(suffix: [specials["eos_token"]?.id].compactMap { $0 }),
      decoder: .metaspace
    )
  }

  private static func checkUnigram(
    _ file: SentencePieceFile,
    path: String
  ) throws(FileError) {
    func error(_ reason: String) -> FileError {
      FileError(.badData, path: path, reason: reason, remedy: "use a model of the T5 family")
    }
    guard file.modelType == 1 else {
      throw error("is a SentencePiece model of type \(file.modelType), not a unigram model (1)")
    }
    guard !file.hasByteFallback else { throw error("falls back to bytes, which T5 does not") }
    guard file.unknownID < UInt64(file.pieces.count) else {
      throw error(
        "its unknown piece \(file.unknownID) is not among its \(file.pieces.count) pieces"
      )
    }
  }

  private static func characterMap(
    _ file: SentencePieceFile,
    path: String
  ) throws(FileError) -> [Normalizer.Step] {
    guard !file.characterMap.isEmpty else { return [] }
    guard let map = CharacterMap(file.characterMap) else {
      throw FileError(
        .badData,
        path: path,
        reason: "its normalization map is broken",
        remedy: "get the file again"
      )
    }
    return [.characterMap(map)]
  }

  /// The lines of a vocabulary; as Python reads them, CR LF and CR end a line too.
  private static func lines(of path: String) throws(FileError) -> Vocabulary {
    func error(line: Int, _ reason: String) -> FileError {
      FileError(
        .badData,
        path: path,
        place: "line \(line)",
        reason: reason,
        remedy: "get the file again"
      )
    }
    let text = try readFile(path)
    var entries: [Vocabulary.Entry] = []
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? text.count
      let token = Array(text[start..<end])
      let isPair = end + 1 < text.count && text[end] == 0x0D && text[end + 1] == 0x0A
      start = end + (isPair ? 2 : 1)
      guard (try? UTF8Span(validating: token.span)) != nil else {
        throw error(line: entries.count + 1, "is not valid UTF-8")
      }
      guard entries.count <= Vocabulary.largestID else {
        throw error(line: entries.count + 1, "too many tokens")
      }
      let id = Int32(truncatingIfNeeded: entries.count)
      entries.append(Vocabulary.Entry(token: token, id: id))
    }
    let vocabulary = Vocabulary(entries)
    if let (first, second) = vocabulary.firstDuplicate(in: entries) {
      let name = String(decoding: entries[second].token, as: UTF8.self)
      throw error(line: second + 1, "the token '\(name)' stands in line \(first + 1) too")
    }
    return vocabulary
  }
}

extension BertNormalizer {
  /// Takes over what the settings say, which in transformers outweighs `tokenizer.json`.
  mutating func apply(_ configuration: TokenizerConfiguration) throws(FileError) {
    if let value = try configuration["do_lower_case"]?.flag() { lowercase = value }
    if let value = try configuration["strip_accents"]?.flag() { stripAccents = value }
    if let value = try configuration["tokenize_chinese_chars"]?.flag() { padIdeographs = value }
  }
}
