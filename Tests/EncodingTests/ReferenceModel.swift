import Foundation
import TestSupport
import Torch

@testable import Encoding

/// Small models with random weights and what Hugging Face computes with them: see
/// `Tests/Data/models/make_models.py`.
enum ReferenceModel: String, CaseIterable, Sendable {
  case bert
  case bertOld = "bert-old"
  case roberta
  case distilBERT = "distilbert"
  case t5
  case t5Gated = "t5-gated"
  case sentenceTransformers = "sentence-transformers"
  case openMatchTied = "openmatch-tied"
  case openMatchUntied = "openmatch-untied"

  static let folder = RealVectors.folder + "/models"

  var path: String { Self.folder + "/" + rawValue }

  /// Token ids, and for each representation one vector per text.
  struct Expected: Decodable {
    let ids: [[Int32]]
    let vectors: [String: [[Float]]]
  }

  func expected() throws -> Expected {
    let data = try Data(contentsOf: URL(fileURLWithPath: path + "/expected.json"))
    return try JSONDecoder().decode(Expected.self, from: data)
  }

  /// A copy of the model's folder, whose files a test may change.
  func copy(into folder: TemporaryFolder) throws -> String {
    let target = folder.path(rawValue)
    try FileManager.default.copyItem(atPath: path, toPath: target)
    return target
  }
}

/// Whether libCTorch can be opened here; tests of what it computes are skipped otherwise.
let hasTorch = (try? TorchLibrary.shared()) != nil

/// The largest difference of two sets of vectors, relative to the largest value of each vector.
func relativeDifference(_ found: [Float], _ expected: [[Float]]) -> Float {
  guard let dimension = expected.first?.count, found.count == expected.count * dimension else {
    return .infinity
  }
  var worst: Float = 0
  for (row, vector) in expected.enumerated() {
    let scale = vector.map(abs).max() ?? 1
    for (column, value) in vector.enumerated() {
      let difference = abs(found[row * dimension + column] - value) / scale
      worst = difference.isNaN ? .infinity : max(worst, difference)
    }
  }
  return worst
}
