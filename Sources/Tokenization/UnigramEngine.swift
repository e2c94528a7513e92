/// What cuts text into the tokens of a SentencePiece model (`spiece.model`).
public enum UnigramEngine: String, Sendable, CaseIterable {
  /// Needletail's own code, with the ids of Hugging Face's fast tokenizers; it needs no library.
  case native
  /// The SentencePiece library, on which Hugging Face's slow tokenizers are built, and so OpenMatch's
  /// training and query encoding; it needs the package trait `SentencePiece`.
  ///
  /// The two agree on ordinary text, such as 100,000 of WordNet's glosses, but not on 1 to 3 % of
  /// random strings of rare characters.
  case sentencePiece = "sentencepiece"
}
