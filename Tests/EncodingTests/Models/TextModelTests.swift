import TestSupport
import Testing
import Torch

@testable import Encoding

/// Vectors equal to Hugging Face's, for every layout of files and kind of layers.
@Suite("Text models", .enabled(if: hasTorch, "libCTorch is not there"))
struct TextModelTests {
  static let tolerance: Float = 1e-5

  @Test(
    "poolings equal Hugging Face's",
    arguments: [ReferenceModel.bert, .bertOld, .roberta, .distilBERT],
    Pooling.allCases
  )
  func pooled(model: ReferenceModel, pooling: Pooling) throws {
    var options = ModelOptions()
    options.pooling = pooling
    try check(model, options, representation: pooling.rawValue)
  }

  @Test(
    "the encoder of T5 equals Hugging Face's",
    arguments: [ReferenceModel.t5, .t5Gated],
    Pooling.allCases
  )
  func t5Encoder(model: ReferenceModel, pooling: Pooling) throws {
    var options = ModelOptions()
    options.pooling = pooling
    options.encoderOnly = true
    try check(model, options, representation: pooling.rawValue)
  }

  @Test(
    "the decoder's first state equals Hugging Face's",
    arguments: [ReferenceModel.t5, .t5Gated]
  )
  func t5Decoder(model: ReferenceModel) throws {
    try check(model, ModelOptions(), representation: "decoder")
  }

  @Test(
    "stored pooling, layers and normalization are applied",
    arguments: [ReferenceModel.sentenceTransformers, .openMatchTied]
  )
  func stored(model: ReferenceModel) throws {
    try check(model, ModelOptions(), representation: "stored")
  }

  @Test("untied encoders differ by side", arguments: TextSide.allCases)
  func untied(side: TextSide) throws {
    try check(.openMatchUntied, ModelOptions(), representation: side.rawValue, side: side)
  }

  @Test("bfloat16 comes close")
  func bfloat16() throws {
    let expected = try ReferenceModel.openMatchTied.expected()
    let model = try TextModel(
      ModelDirectory.open(ReferenceModel.openMatchTied.path),
      dtype: .bfloat16
    )
    let found = try model.encode(TokenBatch(expected.ids))
    let difference = relativeDifference(found, try #require(expected.vectors["stored"]))
    // Numbers have 8 bits; a smaller difference would mean that the type is not used.
    #expect(difference > 1e-4 && difference < 0.1, "\(difference)")
  }

  private func check(
    _ model: ReferenceModel,
    _ options: ModelOptions,
    representation: String,
    side: TextSide = .passage
  ) throws {
    let expected = try model.expected()
    let directory = try ModelDirectory.open(model.path, options: options)
    let found = try TextModel(directory, side: side).encode(TokenBatch(expected.ids))
    let vectors = try #require(expected.vectors[representation])
    let difference = relativeDifference(found, vectors)
    #expect(difference < Self.tolerance, "\(model) \(representation): \(difference)")
  }
}
