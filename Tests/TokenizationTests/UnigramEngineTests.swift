import TestSupport
import Testing
import Tokenization
import VectorCore

@Suite struct UnigramEngineTests {
  /// With the library its ids equal ours on ordinary text; without, the error says what to install.
  @Test func theLibraryAgreesOrIsNamed() throws {
    let directory = TokenizerData.directory("unigram")
    let ours = try Tokenizer.open(directory: directory)
    let library: Tokenizer
    do {
      library = try Tokenizer.open(directory: directory, unigramEngine: .sentencePiece)
    } catch {
      #expect(
        error.description
          == "\(directory)/spiece.model: needs the SentencePiece library, which this build lacks; "
          + "install libsentencepiece-dev and build with --traits SentencePiece, or use the "
          + "unigram engine 'native'"
      )
      #expect(error.kind == .usage)
      return
    }
    for text in [
      "", " ", "a plant of the genus Rosa", "Title: Straße <extra_id_3> Text: 東京 10% x",
      "  many   blanks\tand\nlines ", String(repeating: "word ", count: 500), "ﷺ ½ ﬁ",
    ] {
      let ids = try library.encode(text, maxLength: 64)
      #expect(try ours.encode(text, maxLength: 64) == ids, "\(text.debugDescription)")
    }
    #expect(library.vocabularySize == ours.vocabularySize)
  }

  @Test func theLibraryNeedsItsOwnFile() throws {
    let directory = TokenizerData.directory("unigram-first")
    let error = #expect(throws: FileError.self) {
      try Tokenizer.open(directory: directory, unigramEngine: .sentencePiece)
    }
    #expect(error?.kind == .usage)
    #expect(
      error?.description == "\(directory): has no spiece.model, which the unigram engine "
        + "'sentencepiece' reads; leave the engine out, or give a model of the T5 family with this "
        + "file"
    )
  }
}
