import Encoding
import Foundation
import Testing
import Torch
import Training

/// Five steps of a small BERT, compared with PyTorch's AdamW and transformers' schedule.
@Suite(.enabled(if: hasTorch, "needs libCTorch")) struct OptimizationTests {
  private struct Expected: Decodable {
    struct Step: Decodable {
      let loss: Double
      let gradientNorm: Double
      let learningRate: Double

      enum CodingKeys: String, CodingKey {
        case loss
        case gradientNorm = "gradient_norm"
        case learningRate = "learning_rate"
      }
    }

    let model: String
    let learningRate: Double
    let weightDecay: Double
    let clip: Double
    let warmupSteps: Int
    let totalSteps: Int
    let temperature: Double
    let undecayed: [String]
    let undetermined: [String]
    let batches: [Reference.Batch]
    let steps: [Step]
    let parameters: [String: Reference.Summary]

    enum CodingKeys: String, CodingKey {
      case model, clip, temperature, undecayed, undetermined, batches, steps, parameters
      case learningRate = "learning_rate"
      case weightDecay = "weight_decay"
      case warmupSteps = "warmup_steps"
      case totalSteps = "total_steps"
    }
  }

  @Test func stepsAreThoseOfPyTorch() throws {
    let expected = try Reference.read(Expected.self, "optimization.json")
    let retriever = try Reference.retriever(expected.model, pooling: "mean", normalize: true)
    var objective = Objective()
    objective.temperature = expected.temperature
    objective.masks = false
    let gradients = BatchGradients(
      retriever: retriever,
      objective: objective,
      ranks: .single,
      drops: false,
      cache: nil
    )
    let optimizer = try AdamW(
      retriever.parameters,
      AdamW.Settings(
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: expected.weightDecay,
        maxNorm: expected.clip
      )
    )
    let schedule = LearningRateSchedule(
      peak: expected.learningRate,
      warmupRatio: Double(expected.warmupSteps) / Double(expected.totalSteps),
      steps: expected.totalSteps
    )
    for (number, step) in expected.steps.enumerated() {
      let batch = expected.batches[number % expected.batches.count].batch
      let loss = try gradients.add(batch, factor: 1, seed: 1)
      let found = try optimizer.takeGradients(scale: 1, ranks: .single)
      let rate = schedule.rate(at: number)
      #expect(abs(loss - step.loss) < 1e-3 * step.loss, "step \(number)")
      #expect(abs(found.norm - step.gradientNorm) < 1e-3 * step.gradientNorm, "step \(number)")
      #expect(abs(rate - step.learningRate) < 1e-9)
      try optimizer.step(found, learningRate: rate)
    }
    for parameter in retriever.parameters {
      for (name, tensor) in try parameter.split(parameter.tensor) {
        #expect(parameter.decays == !expected.undecayed.contains(name), "\(name)")
        guard !expected.undetermined.contains(name) else { continue }
        let wanted = try #require(expected.parameters[name])
        let found = try Reference.Summary(of: tensor)
        let scale = max(wanted.squares.squareRoot(), 1e-2)
        #expect(found.distance(to: wanted, scale: scale) < 1e-3, "\(name)")
      }
    }
  }
}
