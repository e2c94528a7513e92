import Foundation
import TestSupport
import Testing
import Torch
import VectorCore

@testable import Encoding

@Suite("Scaling T5", .enabled(if: hasTorch, "libCTorch is not there"))
struct T5ScalingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func scale(_ source: String, to path: String) throws -> Float {
    try T5Scaling.scale(ModelDirectory.open(source), to: path, threads: 2)
  }

  @Test("vectors stay, states shrink", arguments: [ReferenceModel.t5, .t5Gated])
  func vectors(model: ReferenceModel) throws {
    let path = folder.path("scaled")
    #expect(try scale(model.path, to: path) < 1e-5)
    let expected = try model.expected()
    for pooling in [nil] + Pooling.allCases.map({ Optional($0) }) {
      var options = ModelOptions()
      options.pooling = pooling
      options.encoderOnly = pooling != nil
      let found = try TextModel(ModelDirectory.open(path, options: options))
        .encode(TokenBatch(expected.ids))
      let vectors = try #require(expected.vectors[pooling?.rawValue ?? "decoder"])
      #expect(relativeDifference(found, vectors) < 1e-4)
    }
    // One file of weights, and every tensor divided as its place says.
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    #expect(names.sorted() == ["config.json", "model.safetensors"])
    let (before, after) = (try Weights.open(folder: model.path), try Weights.open(folder: path))
    var divisors: [Double: Int] = [:]
    for name in after.names {
      let (old, new) = (try #require(before[name]), try #require(after[name]))
      #expect(old.shape == new.shape)
      let divisor = T5Scaling.divisor(of: name) ?? 1
      divisors[divisor, default: 0] += 1
      let reader = { WeightReader($0, dtype: .float32, device: .cpu) }
      let expected = try reader(before).tensor(name, old.shape) / divisor
      let difference = try (reader(after).tensor(name, new.shape) - expected).abs().max().item()
      #expect(difference == 0, "\(name)")
    }
    // Per layer: the encoder has one attention, the decoder two; each one feed-forward layer.
    guard case .t5(let sizes) = try ModelDirectory.open(path).passage.backbone.layers else {
      Issue.record("the scaled model is no T5")
      return
    }
    #expect(divisors[100] == 1 + sizes.layers + 2 * sizes.decoderLayers)
    #expect(divisors[10] == 2 * (sizes.layers + sizes.decoderLayers))
  }

  @Test("the gate inside of a GELU stays")
  func divisors() {
    #expect(T5Scaling.divisor(of: "encoder.block.0.layer.1.DenseReluDense.wi_0.weight") == nil)
    #expect(T5Scaling.divisor(of: "encoder.block.0.layer.1.DenseReluDense.wi_1.weight") == 10)
    #expect(T5Scaling.divisor(of: "decoder.block.3.layer.2.DenseReluDense.wi.weight") == 10)
    #expect(T5Scaling.divisor(of: "decoder.block.3.layer.1.EncDecAttention.o.weight") == 100)
    #expect(T5Scaling.divisor(of: "decoder.block.3.layer.1.EncDecAttention.v.weight") == nil)
    #expect(T5Scaling.divisor(of: "shared.weight") == 100)
    #expect(T5Scaling.divisor(of: "lm_head.weight") == nil)
    #expect(T5Scaling.divisor(of: "encoder.final_layer_norm.weight") == nil)
  }

  @Test("a model is scaled once, and says so in every layout")
  func twice() throws {
    let path = folder.path("scaled")
    _ = try scale(ReferenceModel.t5.path, to: path)
    for (name, layout) in [("om", ModelDirectory.Layout.openMatch), ("hf", .huggingFace)] {
      let copy = folder.path(name)
      try ModelWriter(ModelDirectory.open(path)).write(to: copy, as: layout)
      #expect(try EncoderSummary(ModelDirectory.open(copy), side: .passage).isScaled)
      let error = #expect(throws: FileError.self) { try scale(copy, to: folder.path("again")) }
      #expect(error?.reason == "is scaled already")
    }
    #expect(try !EncoderSummary(ModelDirectory.open(ReferenceModel.t5.path), side: .query).isScaled)
    #expect(try folder.names() == ["hf", "om", "scaled"])
  }

  @Test("two encoders with their layers are scaled alike")
  func untied() throws {
    let path = folder.path("scaled")
    let model = ReferenceModel.openMatchUntied
    #expect(try scale(model.path, to: path) < 1e-5)
    let directory = try ModelDirectory.open(path)
    #expect(!directory.isTied)
    let expected = try model.expected()
    for side in TextSide.allCases {
      let found = try TextModel(directory, side: side).encode(TokenBatch(expected.ids))
      let vectors = try #require(expected.vectors[side.rawValue])
      #expect(relativeDifference(found, vectors) < 1e-4)
    }
  }

  @Test("other models are refused, and vectors that change write nothing")
  func refusals() throws {
    let error = #expect(throws: FileError.self) {
      try scale(ReferenceModel.bert.path, to: folder.path("no"))
    }
    #expect(error?.kind == .usage)
    // States so small that their squares have few digits left in single precision, and a hundredth
    // of them hardly one.
    let model = try ReferenceModel.t5.copy(into: folder)
    let weights = try Weights.open(folder: model)
    let reader = WeightReader(weights, dtype: .float32, device: .cpu)
    var small: [String: SafetensorsWriter.Content] = [:]
    for name in weights.names {
      let divisor = pow(T5Scaling.divisor(of: name) ?? 1, 10)
      let stored = try #require(weights[name])
      small[name] = .tensor(try reader.tensor(name, stored.shape) / divisor)
    }
    let path = folder.path("small.safetensors")
    try SafetensorsWriter.write(small, to: path)
    try FileManager.default.removeItem(atPath: model + "/model.safetensors")
    try FileManager.default.moveItem(atPath: path, toPath: model + "/model.safetensors")
    let text = try String(contentsOfFile: model + "/config.json", encoding: .utf8)
    var configuration = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    )
    configuration["layer_norm_epsilon"] = 1e-42
    try JSONSerialization.data(withJSONObject: configuration)
      .write(to: URL(fileURLWithPath: model + "/config.json"))
    let change = #expect(throws: FileError.self) { try scale(model, to: folder.path("no")) }
    #expect(change?.reason.hasPrefix("scaling changes the vectors by") == true)
    #expect(try folder.names() == ["t5"])
  }
}
