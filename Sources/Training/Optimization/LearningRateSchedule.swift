/// A learning rate that rises in a line from 0, and then falls in a line to 0.
///
/// It depends on the planned number of steps: a training that stops early is not the same as one that
/// was planned to be short.
package struct LearningRateSchedule: Sendable, Equatable {
  /// The highest rate.
  package let peak: Double
  /// Steps with a rising rate.
  package let warmupSteps: Int
  /// All steps.
  package let steps: Int

  /// Plans the rates.
  ///
  /// - Parameters:
  ///   - peak: the highest rate.
  ///   - warmupRatio: the share of steps with a rising rate, 0 to 1; their number is rounded up.
  ///   - steps: all steps.
  package init(peak: Double, warmupRatio: Double, steps: Int) {
    self.peak = peak
    self.steps = steps
    warmupSteps = Int((warmupRatio * Double(steps)).rounded(.up))
  }

  /// The rate of a step, counted from 0.
  package func rate(at step: Int) -> Double {
    if step < warmupSteps { return peak * Double(step) / Double(max(1, warmupSteps)) }
    return peak * Double(max(0, steps - step)) / Double(max(1, steps - warmupSteps))
  }
}
