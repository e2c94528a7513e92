import Encoding
import Foundation
import Testing
import Torch
import Training
import TrainingData

/// Losses and gradients of whole models, compared with PyTorch's.
@Suite(.enabled(if: hasTorch, "needs libCTorch")) struct GradientTests {
  private static let models = ["bert", "t5", "t5-gated"]

  private func gradients(
    _ retriever: Retriever,
    _ objective: Objective,
    cache: GradientCache? = nil
  ) -> BatchGradients {
    BatchGradients(
      retriever: retriever,
      objective: objective,
      ranks: .single,
      drops: false,
      cache: cache
    )
  }

  @Test(arguments: models, [nil, GradientCache(queryChunk: 2, passageChunk: 4)])
  func lossesAndGradientsAreThoseOfPyTorch(_ name: String, _ cache: GradientCache?) throws {
    let reference = try Reference.read(Reference.Model.self, name + ".json")
    for expected in reference.losses {
      guard let objective = expected.objective else { continue }
      let retriever = try reference.retriever()
      // PyTorch's "mean" of a divergence is over all its elements, ours over queries.
      let factor = expected.reduction == "mean" ? 1 / Double(reference.batch.n) : 1
      let loss = try gradients(retriever, objective, cache: cache)
        .add(reference.batch.batch, factor: factor, seed: 1)
      #expect(abs(loss * factor - expected.loss) < 1e-4 * max(1, expected.loss), "\(expected.name)")
      var missing = Set(expected.gradients.keys)
      for parameter in retriever.parameters {
        let gradient = try #require(try parameter.tensor.gradient())
        for (part, tensor) in try parameter.split(gradient) {
          missing.remove(part)
          let wanted = try #require(expected.gradients[part])
          let found = try Reference.Summary(of: tensor)
          #expect(
            found.distance(to: wanted, scale: expected.norm) < 1e-4,
            "\(expected.name) \(part)"
          )
          guard let all = expected.full[part] else { continue }
          let values: [Float] = try tensor.array()
          let worst = zip(values, all).map { abs(Double($0) - $1) }.max() ?? .infinity
          #expect(values.count == all.count && worst < 1e-4 * expected.norm, "\(part)")
        }
      }
      // What no path leads to has no parameter here, and the gradient 0 there.
      for name in missing {
        #expect(expected.gradients[name]?.squares == 0, "\(name)")
      }
    }
  }

  @Test func untiedEncodersShareTheGradient() throws {
    let reference = try Reference.read(Reference.Model.self, "bert.json")
    let expected = try #require(reference.losses.first)
    let tied = try reference.retriever()
    let untied = try Retriever(tied.directory, device: .cpu, unties: true)
    #expect(untied.parameterCount == 2 * tied.parameterCount)
    let objective = try #require(expected.objective)
    for retriever in [tied, untied] {
      _ = try gradients(retriever, objective).add(reference.batch.batch, factor: 1, seed: 1)
    }
    for (place, parameter) in tied.parameters.enumerated() {
      let whole = try #require(try parameter.tensor.gradient())
      let query = try #require(try untied.parameters(of: .query)[place].tensor.gradient())
      let passage = try #require(try untied.parameters(of: .passage)[place].tensor.gradient())
      let difference = try (query + passage - whole).abs().max().item()
      #expect(difference < 1e-5 * expected.norm, "\(parameter.parts[0].name)")
    }
  }

  @Test func aTextUnderTwoKeysIsNoNegativeOfItself() throws {
    let reference = try Reference.read(Reference.Model.self, "bert.json")
    let batch = reference.batch.batch
    func loss(_ passages: [[Int32]], masks: Bool) throws -> Double {
      var objective = Objective()
      objective.masks = masks
      let two = TrainingBatch(
        epoch: 0,
        step: 0,
        records: [0, 1],
        passagesPerQuery: 1,
        queries: Array(batch.queries.prefix(2)),
        passages: passages,
        queryKeys: ["q0", "q1"],
        passageKeys: ["p0", "p1"],
        positiveKeys: [["p0"], ["p1"]],
        teacherScores: nil
      )
      return try gradients(reference.retriever(), objective).add(two, factor: 1, seed: 1)
    }
    let (one, other) = (batch.passages[0], batch.passages[1])
    // Each positive is alone, or one of two that score alike.
    #expect(try loss([one, one], masks: true) == 0)
    #expect(abs(try loss([one, one], masks: false) - log(2)) < 1e-5)
    #expect(try loss([one, other], masks: true) == loss([one, other], masks: false))
  }

  @Test func dropoutFollowsTheSeed() throws {
    let reference = try Reference.read(Reference.Model.self, "bert.json")
    let retriever = try reference.retriever()
    let dropping = BatchGradients(
      retriever: retriever,
      objective: Objective(),
      ranks: .single,
      drops: true,
      cache: nil
    )
    let losses = try [1, 1, 2].map { seed in
      try dropping.add(reference.batch.batch, factor: 1, seed: seed)
    }
    #expect(losses[0] == losses[1])
    #expect(losses[0] != losses[2])
  }
}
