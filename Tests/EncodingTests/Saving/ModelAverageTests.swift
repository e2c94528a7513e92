import Foundation
import TestSupport
import Testing
import Torch
import VectorCore

@testable import Encoding

@Suite("Averaging models", .enabled(if: hasTorch, "libCTorch is not there"))
struct ModelAverageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A copy of a model, each of whose tensors is `factor` times the original, plus `more`.
  private func changed(
    _ model: ReferenceModel,
    _ name: String,
    factor: Double,
    plus more: Double
  ) throws -> ModelDirectory {
    var writer = ModelWriter(try ModelDirectory.open(model.path))
    for side in TextSide.allCases {
      let parameters = try TextModel(writer.source, side: side, forTraining: true).parameters
      writer.changes[side] = try withoutGradients {
        try WeightChanges(
          parameters.map { Parameter(tensor: try $0.tensor * factor + more, parts: $0.parts) }
        )
      }
    }
    try writer.write(to: folder.path(name), as: writer.source.layout)
    return try ModelDirectory.open(folder.path(name))
  }

  private func values(_ directory: ModelDirectory, _ side: TextSide) throws -> [[Float]] {
    try TextModel(directory, side: side, forTraining: true).parameters.map {
      try $0.tensor.array()
    }
  }

  @Test("each weight is the mean, by share", arguments: ReferenceModel.allCases)
  func means(model: ReferenceModel) throws {
    let source = try ModelDirectory.open(model.path)
    let one = try changed(model, "one", factor: 2, plus: 0.5)
    let two = try changed(model, "two", factor: -1, plus: 1)
    try ModelAverage(of: [source, one, two], weights: [1, 2, 5]).write(to: folder.path("mean"))
    let mean = try ModelDirectory.open(folder.path("mean"))
    #expect(mean.layout == source.layout)
    #expect(ModelProperties(of: mean) == ModelProperties(of: source))
    for side in TextSide.allCases {
      // 1/8 w + 2/8 (2 w + 1/2) + 5/8 (1 - w)
      for (before, after) in zip(try values(source, side), try values(mean, side)) {
        #expect(zip(before, after).allSatisfy { abs($1 - 0.75) < 1e-5 * (1 + abs($0)) })
      }
    }
  }

  @Test("a model's mean with itself gives its vectors", arguments: [ReferenceModel.bert, .t5])
  func same(model: ReferenceModel) throws {
    let source = try ModelDirectory.open(model.path)
    try ModelAverage(of: [source, source]).write(to: folder.path("mean"))
    let tokens = TokenBatch(try model.expected().ids)
    let found = try TextModel(ModelDirectory.open(folder.path("mean"))).encode(tokens)
    #expect(try found == TextModel(source).encode(tokens))
  }

  @Test("models that have no mean are refused by what differs")
  func refusals() throws {
    var options = ModelOptions()
    options.pooling = .last
    let bert = try ModelDirectory.open(ReferenceModel.bert.path)
    for (other, what) in [
      (try ModelDirectory.open(ReferenceModel.roberta.path), "transformer"),
      (try ModelDirectory.open(ReferenceModel.bert.path, options: options), "pooling"),
      (try ModelDirectory.open(ReferenceModel.openMatchUntied.path), "number of encoders"),
    ] {
      let error = #expect(throws: FileError.self) { try ModelAverage(of: [bert, bert, other]) }
      #expect(error?.kind == .usage)
      #expect(error?.path == other.path)
      #expect(error?.reason == "has another \(what) than \(bert.path)")
    }
    options = ModelOptions()
    options.normalize = true
    let unit = try ModelDirectory.open(ReferenceModel.bert.path, options: options)
    let error = #expect(throws: FileError.self) { try ModelAverage(of: [bert, unit]) }
    #expect(error?.reason.contains("normalization") == true)
  }
}
