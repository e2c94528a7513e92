internal import VectorCore

/// The ids of a tokenizer's special tokens; those that its model does not use are `nil`.
public struct SpecialTokens: Sendable, Equatable {
  /// Fills sequences up to a common length: `[PAD]`, `<pad>`.
  public let padding: Int32
  /// Stands for what the vocabulary cannot write: `[UNK]`, `<unk>`.
  public let unknown: Int32?
  /// Begins a sequence, and is the one whose vector represents it: `[CLS]`, `<s>`.
  public let classifier: Int32?
  /// Ends a sequence, or separates two: `[SEP]`, `</s>`.
  public let separator: Int32?
  /// Stands for a word to be guessed: `[MASK]`, `<mask>`.
  public let mask: Int32?
  /// Begins a text: `<s>`.
  public let begin: Int32?
  /// Ends a text: `</s>`.
  public let end: Int32?

  /// Looks the tokens up by the names in the settings, or by those of the families.
  ///
  /// - Throws: ``FileError`` where the settings name a token that is not there, and where there is
  ///   no padding.
  init(_ parts: TokenizerParts, _ configuration: TokenizerConfiguration) throws(FileError) {
    func id(_ setting: String, _ names: [String]) throws(FileError) -> Int32? {
      guard let named = try configuration.specialTokenText(setting) else {
        return names.lazy.compactMap { parts.id(of: Array($0.utf8)) }.first
      }
      guard let id = parts.id(of: named) else {
        throw FileError(
          .badData,
          path: parts.path,
          reason: "lacks the \(setting) '\(String(decoding: named, as: UTF8.self))'",
          remedy: "use files of the same model"
        )
      }
      return id
    }
    guard let padding = try id("pad_token", ["[PAD]", "<pad>"]) else {
      throw FileError(
        .badData,
        path: parts.path,
        reason: "has no padding token",
        remedy: "name one as pad_token in tokenizer_config.json"
      )
    }
    self.padding = padding
    unknown = try id("unk_token", ["[UNK]", "<unk>"])
    classifier = try id("cls_token", ["[CLS]"])
    separator = try id("sep_token", ["[SEP]"])
    mask = try id("mask_token", ["[MASK]", "<mask>"])
    begin = try id("bos_token", [])
    end = try id("eos_token", ["</s>"])
  }
}
