internal import CTorchABI
internal import Synchronization
internal import VectorCore

/// What a step of AdamW is to do: Adam (Kingma and Ba, 2015) with weight decay that is decoupled
/// from the gradient (Loshchilov and Hutter, 2019).
public struct AdamWStep: Sendable {
  /// The learning rate of this step.
  public var learningRate: Double
  /// How much of the first moment is kept, from 0 to below 1.
  public var beta1: Double
  /// How much of the second moment is kept, from 0 to below 1.
  public var beta2: Double
  /// What is added to the root of the second moment, at least 0.
  public var epsilon: Double
  /// A parameter loses this, times the learning rate, of itself.
  public var weightDecay: Double
  /// What gradients are multiplied by before use: the inverse of a loss's scale, or less to clip.
  public var gradientScale: Double
  /// The number of this step, from 1.
  public var step: Int

  /// Describes a step.
  public init(
    _ step: Int,
    learningRate: Double,
    beta1: Double = 0.9,
    beta2: Double = 0.999,
    epsilon: Double = 1e-8,
    weightDecay: Double = 0,
    gradientScale: Double = 1
  ) {
    self.step = step
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.gradientScale = gradientScale
  }

  fileprivate var c: ctorch_adamw {
    ctorch_adamw(
      learning_rate: learningRate,
      beta1: beta1,
      beta2: beta2,
      epsilon: epsilon,
      weight_decay: weightDecay,
      gradient_scale: gradientScale,
      step: Int64(step)
    )
  }
}

/// The optimizer's work on all parameters of a model, in one pass over memory.
extension Tensor {
  /// Does a step of AdamW, as PyTorch's optimizer of that name does, in place.
  ///
  /// With the gradient g, scaled, and the step's number t: m ← β₁ m + (1 - β₁) g,
  /// v ← β₂ v + (1 - β₂) g², x ← (1 - ηλ) x - η m / (1 - β₁ᵗ) / (√v / √(1 - β₂ᵗ) + ε). The result is
  /// the same for any number of threads. While this runs, nobody else may use the tensors.
  ///
  /// - Parameters:
  ///   - step: what to do.
  ///   - parameters: to be changed; float32 and contiguous, as all of these are.
  ///   - gradients: one for each parameter, of its shape, on its device.
  ///   - firstMoments: to be changed; zeros before the first step.
  ///   - secondMoments: to be changed; zeros before the first step.
  /// - Throws: ``TorchError`` where the lists are not of one length, or their tensors not of one
  ///   shape, type and device; nothing is changed then.
  public static func update(
    by step: AdamWStep,
    parameters: [Tensor],
    gradients: [Tensor],
    firstMoments: [Tensor],
    secondMoments: [Tensor]
  ) throws(TorchError) {
    let functions = try TorchLibrary.shared().functions
    let lists = [gradients, firstMoments, secondMoments]
    guard lists.allSatisfy({ $0.count == parameters.count }) else {
      throw TorchError(
        operation: "update",
        code: .refused,
        message: "\(parameters.count) parameters have \(gradients.count) gradients and "
          + "\(firstMoments.count) and \(secondMoments.count) moments"
      )
    }
    let update: @Sendable (Range<Int>) throws(TorchError) -> Void = { range throws(TorchError) in
      let status = unsafe withHandles(parameters) { parameters in
        unsafe withHandles(gradients) { gradients in
          unsafe withHandles(firstMoments) { firstMoments in
            unsafe withHandles(secondMoments) { secondMoments in
              unsafe functions.table.pointee.adamw_step(
                parameters.baseAddress,
                gradients.baseAddress,
                firstMoments.baseAddress,
                secondMoments.baseAddress,
                Int64(parameters.count),
                step.c,
                Int64(range.lowerBound),
                Int64(range.upperBound)
              )
            }
          }
        }
      }
      try functions.check(status, "update")
    }
    // Refuses what does not fit before anything is changed.
    try update(0..<0)
    let count = parameters.reduce(0) { $0 + $1.count }
    let isOnHost = parameters.allSatisfy { $0.device == .cpu }
    let threads = isOnHost ? try TorchLibrary.shared().threadCount() : 1
    do {
      let chunk = isOnHost ? 1 << 18 : Swift.max(count, 1)
      try parallelFor(count, chunk: chunk, threads: threads) { _, range in try update(range) }
    } catch {
      throw error as? TorchError
        ?? TorchError(operation: "update", code: .unknown, message: "\(error)")
    }
  }

  /// The Euclidean length of all elements of all tensors as one vector, summed in double precision.
  ///
  /// It is the same for any number of threads, and finite where all elements are.
  ///
  /// - Parameter tensors: float32 and contiguous.
  /// - Returns: the length; NaN or infinite where an element is.
  /// - Throws: ``TorchError`` for tensors of another type or layout.
  public static func norm(of tensors: [Tensor]) throws(TorchError) -> Double {
    let functions = try TorchLibrary.shared().functions
    let isOnHost = tensors.allSatisfy { $0.device == .cpu }
    let threads = isOnHost ? try TorchLibrary.shared().threadCount() : 1
    let chunk = isOnHost ? 1 : Swift.max(tensors.count, 1)
    let sums = Mutex([Double](repeating: 0, count: tensors.count))
    do {
      try parallelFor(tensors.count, chunk: chunk, threads: threads) { _, range in
        var found = [Double](repeating: 0, count: range.count)
        let status = unsafe withHandles(tensors[range]) { list in
          unsafe found.withUnsafeMutableBufferPointer { found in
            unsafe functions.table.pointee.sums_of_squares(
              list.baseAddress,
              Int64(list.count),
              found.baseAddress
            )
          }
        }
        try functions.check(status, "norm")
        sums.withLock { $0.replaceSubrange(range, with: found) }
      }
    } catch {
      throw error as? TorchError
        ?? TorchError(operation: "norm", code: .unknown, message: "\(error)")
    }
    return sums.withLock { $0.reduce(0, +) }.squareRoot()
  }
}
