import Foundation

/// The tokenizers and reference ids in `Tests/Data/tokenizers`.
enum TokenizerData {
  /// The model directories there.
  static let models = [
    "wordpiece", "wordpiece-cased", "wordpiece-unclean", "bytepair", "bytepair-prefixed", "unigram",
    "unigram-first",
  ]

  /// What Hugging Face says of the texts.
  struct References: Decodable {
    struct Model: Decodable {
      let ids: [[Int32]]
      let truncated: [[Int32]]
      let bare: [[Int32]]
      let decoded: [String]
    }

    private enum CodingKeys: String, CodingKey {
      case hexadecimal = "texts"
      case models
    }

    private let hexadecimal: [String]
    let models: [String: Model]

    /// The texts as bytes; some are not valid UTF-8.
    var texts: [[UInt8]] {
      hexadecimal.map { text in
        let digits = Array(text)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
          UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
      }
    }
  }

  /// The path of a model.
  static func directory(_ model: String) -> String { folder + "/" + model }

  /// Reads `references.json`.
  static func references() throws -> References {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/references.json"))
    return try JSONDecoder().decode(References.self, from: data)
  }

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Data/tokenizers").path
}
