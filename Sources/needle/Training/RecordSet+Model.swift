internal import Encoding
internal import Needletail
internal import TrainingData

extension RecordSet {
  /// Throws unless the records' tokens are of the model's tokenizer.
  ///
  /// Records that hold their tokens do not say whose they are.
  func check(of directory: ModelDirectory) throws {
    guard let stores else { return }
    for folder in [directory.query.tokenizerFolder, directory.passage.tokenizerFolder] {
      let own = try TokenStoreSettings.fingerprint(ofTokenizer: folder)
      guard own != stores.passages.settings.tokenizer else { continue }
      throw FileError(
        .badData,
        path: stores.passages.path,
        reason: "was made with another tokenizer than that of \(folder)",
        remedy: "prepare the records with the model's tokenizer"
      )
    }
  }
}

extension ModelProperties {
  /// Adds the templates with which the texts of records were made, so that searches use the same.
  mutating func take(from records: RecordSet) {
    guard let stores = records.stores else { return }
    query.template = stores.queries.settings.template ?? query.template
    passage.template = stores.passages.settings.template ?? passage.template
  }
}
