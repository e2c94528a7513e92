package import Encoding
internal import Torch

/// The optimizer: AdamW (Loshchilov and Hutter, arXiv:1711.05101) with clipped gradients.
package final class AdamW {
  /// The settings that do not change from step to step.
  package struct Settings: Sendable, Equatable {
    let beta1: Double
    let beta2: Double
    let epsilon: Double
    /// Applies to matrices; biases and norms are left alone.
    let weightDecay: Double
    /// Longer gradients are shortened to this length; `nil` for none.
    let maxNorm: Double?

    /// The settings of PyTorch's optimizer of this name.
    package init(
      beta1: Double,
      beta2: Double,
      epsilon: Double,
      weightDecay: Double,
      maxNorm: Double?
    ) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.maxNorm = maxNorm
    }
  }

  /// A parameter with the moments of its gradient.
  package struct State {
    let parameter: Parameter
    let first: Tensor
    let second: Tensor
  }

  package let states: [State]
  private let settings: Settings
  /// Steps that were made.
  package private(set) var steps: Int

  /// Begins with moments of zero.
  ///
  /// - Throws: `TorchError`.
  package init(_ parameters: [Parameter], _ settings: Settings) throws {
    self.settings = settings
    steps = 0
    states = try parameters.map { parameter in
      let tensor = parameter.tensor
      return State(
        parameter: parameter,
        first: try Tensor.zeros(tensor.shape, device: tensor.device),
        second: try Tensor.zeros(tensor.shape, device: tensor.device)
      )
    }
  }

  /// Says how many steps the moments have seen, after they were restored.
  package func restore(steps: Int) { self.steps = steps }

  /// What the gradients that have been added up are like.
  package struct Gradients {
    fileprivate let used: [(state: State, gradient: Tensor)]
    /// Their length, scaled; not finite where one of them is not.
    package let norm: Double
    fileprivate let scale: Double
  }

  /// Looks at the gradients, and forgets them in the parameters.
  ///
  /// - Parameters:
  ///   - scale: what they are to be multiplied by.
  ///   - ranks: adds up the gradients of all ranks first.
  /// - Returns: the gradients.
  /// - Throws: `TorchError`.
  package func takeGradients(scale: Double, ranks: Ranks) throws -> Gradients {
    let used = try states.compactMap { state in
      try state.parameter.tensor.gradient().map { (state: state, gradient: try $0.contiguous()) }
    }
    for (state, _) in used { try state.parameter.tensor.setGradient(nil) }
    try withoutGradients { try ranks.sum(used.map(\.gradient)) }
    let norm = try Tensor.norm(of: used.map(\.gradient)) * scale
    return Gradients(used: used, norm: norm, scale: scale)
  }

  /// Changes the parameters.
  ///
  /// - Parameters:
  ///   - gradients: finite.
  ///   - learningRate: of this step.
  /// - Throws: `TorchError`.
  package func step(_ gradients: Gradients, learningRate: Double) throws {
    steps += 1
    var scale = gradients.scale
    // PyTorch's clipping adds the same millionth.
    if let most = settings.maxNorm { scale *= min(1, most / (gradients.norm + 1e-6)) }
    for decays in [true, false] {
      let group = gradients.used.filter { $0.state.parameter.decays == decays }
      guard !group.isEmpty else { continue }
      let step = AdamWStep(
        steps,
        learningRate: learningRate,
        beta1: settings.beta1,
        beta2: settings.beta2,
        epsilon: settings.epsilon,
        weightDecay: decays ? settings.weightDecay : 0,
        gradientScale: scale
      )
      try withoutGradients {
        try Tensor.update(
          by: step,
          parameters: group.map(\.state.parameter.tensor),
          gradients: group.map(\.gradient),
          firstMoments: group.map(\.state.first),
          secondMoments: group.map(\.state.second)
        )
      }
    }
  }
}
