import TestSupport
import Testing
import Torch
import VectorCore

@testable import Encoding

@Suite("Model summaries") struct ModelSummaryTests {
  private func summary(_ model: ReferenceModel, _ side: TextSide = .passage) throws
    -> EncoderSummary
  {
    try EncoderSummary(ModelDirectory.open(model.path), side: side)
  }

  @Test("weights are counted as far as vectors depend on them")
  func counts() throws {
    let bert = try summary(.bert)
    #expect(bert.type == "bert")
    #expect(bert.decoderLayers == nil)
    #expect(bert.layers == 2)
    let tied = try summary(.openMatchTied)
    #expect(tied.linearLayers.map(\.inputs) == [32])
    #expect(tied.linearLayers.map(\.outputs) == [16])
    let t5 = try summary(.t5)
    #expect(t5.decoderLayers != nil)
    // Queries and keys of two layers, 24 x 32, and 8 positions of 4 heads.
    #expect(t5.parameterCount - t5.trainableCount == 2 * 2 * 24 * 32 + 8 * 4)
    #expect(!t5.isScaled)
    #expect(t5.fingerprint.count == 16)
  }

  @Test("a T5's decoder counts where it represents")
  func decoder() throws {
    var options = ModelOptions()
    options.encoderOnly = true
    let encoder = try EncoderSummary(
      ModelDirectory.open(ReferenceModel.t5.path, options: options),
      side: .passage
    )
    #expect(encoder.decoderLayers == nil)
    #expect(encoder.parameterCount < (try summary(.t5)).parameterCount)
  }

  @Test(
    "the count is that of the parameters that are trained",
    .enabled(if: hasTorch, "libCTorch is not there"),
    arguments: ReferenceModel.allCases
  )
  func trainable(model: ReferenceModel) throws {
    let directory = try ModelDirectory.open(model.path)
    for side in TextSide.allCases {
      let parameters = try TextModel(directory, side: side, forTraining: true).parameters
      let count = parameters.reduce(0) { $0 + $1.tensor.count }
      #expect(try EncoderSummary(directory, side: side).trainableCount == count, "\(model)")
    }
  }
}
