/// What cuts text into the tokens of a SentencePiece model (`spiece.model`).
public enum UnigramEngine: String, Sendable, CaseIterable {
  /// Needletail's own code, with the ids of Hugging Face's fast tokenizers; it needs no library.
  case fast
  /// The SentencePiece library, with the ids of Hugging Face's slow tokenizers, by which OpenMatch
  /// trains and encodes queries; it needs the package trait `SentencePiece`.
  ///
  /// The two agree on ordinary text, such as 100,000 of WordNet's glosses, but not on 1 to 3 % of
  /// random strings of rare characters.
  case sentencePiece = "sentencepiece"
}
