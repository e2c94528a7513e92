import Foundation
import TestSupport
import Testing
import Torch
import VectorCore

@testable import Encoding

/// Batches and weights that a model refuses.
@Suite("Refused texts and weights", .enabled(if: hasTorch, "libCTorch is not there"))
struct EncodingErrorTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("ids and lengths are checked before they reach the model")
  func batches() throws {
    let model = try TextModel(ModelDirectory.open(ReferenceModel.bert.path))
    let long = [Int32](repeating: 5, count: 41)
    let cases: [([[Int32]], EncodingError)] = [
      ([[5], []], .emptyText(text: 1)),
      ([long], .tooLong(text: 0, tokens: 41, limit: 40)),
      ([[5], [6, 100]], .unknownToken(text: 1, id: 100, vocabulary: 100)),
      ([[-1]], .unknownToken(text: 0, id: -1, vocabulary: 100)),
    ]
    for (texts, expected) in cases {
      #expect(throws: expected) { try model.encode(TokenBatch(texts)) }
    }
    #expect(try model.encode(TokenBatch()).isEmpty)
  }

  @Test("vectors do not depend on the rest of the batch")
  func alone() throws {
    let expected = try ReferenceModel.bert.expected()
    let model = try TextModel(ModelDirectory.open(ReferenceModel.bert.path))
    let together = try model.encode(TokenBatch(expected.ids))
    for (text, ids) in expected.ids.enumerated() {
      let alone = try model.encode(TokenBatch([ids]))
      let row = Array(together[text * 32..<(text + 1) * 32])
      #expect(relativeDifference(alone, [row]) < 1e-5)
    }
  }

  @Test("weights of another shape than the configuration's are named")
  func shapes() throws {
    let path = try ReferenceModel.bert.copy(into: folder)
    let file = URL(fileURLWithPath: path + "/config.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let changed = text.replacingOccurrences(
      of: "\"intermediate_size\": 48",
      with: "\"intermediate_size\": 64"
    )
    try Data(changed.utf8).write(to: file)
    let error = #expect(throws: FileError.self) { try TextModel(ModelDirectory.open(path)) }
    #expect(error?.place == "tensor encoder.layer.0.intermediate.dense.weight")
    #expect(error?.reason.contains("[48, 32]") == true)
    #expect(error?.reason.contains("[64, 32]") == true)
  }

  @Test("a vector that is not finite is an error")
  func overflow() throws {
    let path = try ReferenceModel.bert.copy(into: folder)
    let tensor = try Weights.open(folder: path).tensor(
      "encoder.layer.1.output.LayerNorm.bias",
      shape: [32]
    )
    var bytes = try folder.bytes("bert/model.safetensors")
    bytes.replaceSubrange(tensor.offset..<tensor.offset + 4, with: [0, 0, 0xC0, 0x7F])
    try folder.file("bert/model.safetensors", bytes)
    let model = try TextModel(ModelDirectory.open(path))
    #expect(throws: EncodingError.notFinite(text: 0)) { try model.encode(TokenBatch([[5]])) }
  }

  @Test("RoBERTa's positions step over padding tokens in a text")
  func paddingInText() throws {
    let directory = try ModelDirectory.open(ReferenceModel.roberta.path)
    guard case .bert(let configuration) = directory.query.backbone.layers else {
      Issue.record("RoBERTa has BERT's layers")
      return
    }
    let weights = try Weights.open(folder: directory.query.folder)
    let bert = try BERT(configuration, WeightReader(weights, dtype: .float32, device: .cpu))
    let packs = PackedTexts.packs(of: TokenBatch([[7, 1, 8], [9, 9]]), tokens: 10)
    #expect(bert.positionIDs(of: packs[0]) == [2, 3, 2, 1, 3])
  }
}
