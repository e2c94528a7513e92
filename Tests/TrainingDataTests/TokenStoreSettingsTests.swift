import Retrieval
import TestSupport
import Testing
import VectorCore

@testable import TrainingData

@Suite struct TokenStoreSettingsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func settings(
    _ text: String = "1\ta\tb\n",
    template: String? = "<title>",
    columns: [String]? = nil,
    maxLength: Int = 9,
    tokenizer: String = "t",
    invalidUTF8: TextLayout.InvalidUTF8 = .error
  ) throws -> TokenStoreSettings {
    let file = try TextFile(folder.file("corpus.tsv", Array(text.utf8)), role: .corpus)
    let layout = try TextLayout(
      of: file,
      columns: columns,
      template: template.map { try TextTemplate(parsing: $0) },
      invalidUTF8: invalidUTF8
    )
    return try TokenStoreSettings(
      of: file,
      layout: layout,
      template: template,
      maxLength: maxLength,
      tokenizer: tokenizer
    )
  }

  @Test func everyDifferenceIsNamed() throws {
    let usual = try settings()
    #expect(usual.difference(from: try settings()) == nil)
    for (other, words) in [
      (try settings("1\ta\tc\n"), "of other texts"),
      (try settings(template: nil), "with the template none, not '<title>'"),
      (try settings(columns: ["id", "text", "title"]), "of other columns"),
      (try settings(maxLength: 8), "with at most 8 tokens a text, not 9"),
      (try settings(tokenizer: "u"), "with another tokenizer"),
      (try settings(invalidUTF8: .replace), "with another --invalid-utf8"),
      (try SmallSet.settings(.queries), "of queries, not of corpus"),
    ] {
      #expect(usual.difference(from: other) == words)
    }
  }

  @Test func settingsSurviveJSON() throws {
    for settings in [try settings(), try settings(template: nil)] {
      #expect(TokenStoreSettings(settings.json) == settings)
    }
    #expect(TokenStoreSettings(.object([])) == nil)
  }

  @Test func theFingerprintSeesEveryFileOfATokenizer() throws {
    try folder.file("vocab.txt", Array("a\n".utf8))
    let first = try TokenStoreSettings.fingerprint(ofTokenizer: folder.path)
    try folder.file("model.safetensors", [1])
    #expect(try TokenStoreSettings.fingerprint(ofTokenizer: folder.path) == first)
    try folder.file("tokenizer_config.json", Array("{}".utf8))
    #expect(try TokenStoreSettings.fingerprint(ofTokenizer: folder.path) != first)
  }
}
