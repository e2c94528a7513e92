/// The factor by which losses are multiplied so that gradients in half precision do not vanish
/// (Micikevicius and others, arXiv:1710.03740).
///
/// A step whose gradients overflow is left out and halves the factor; after many good steps in a row
/// it is doubled.
package struct LossScaler: Sendable, Equatable {
  /// The factor of the next step.
  package private(set) var scale: Double
  /// Steps since the factor last changed.
  package private(set) var goodSteps: Int

  /// Good steps in a row after which the factor is doubled.
  package static let growthInterval = 2000
  /// Below this nothing is left that halving could help: the numbers themselves are broken.
  package static let least = 1.0

  /// A factor, and the steps since it last changed.
  package init(scale: Double = 65_536, goodSteps: Int = 0) {
    self.scale = scale
    self.goodSteps = goodSteps
  }

  /// Notes whether a step's gradients were finite.
  package mutating func note(isFinite: Bool) {
    guard isFinite else {
      scale /= 2
      goodSteps = 0
      return
    }
    goodSteps += 1
    if goodSteps == Self.growthInterval {
      scale *= 2
      goodSteps = 0
    }
  }

  /// Whether the factor cannot fall further.
  package var isExhausted: Bool { scale < Self.least }
}
