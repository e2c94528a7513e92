/// The number by which scores are divided before the softmax of the loss.
public struct Temperature: Sendable, Equatable {
  /// Above 0.
  public let value: Double

  /// A temperature, or `nil` unless the value is above 0 and finite.
  public init?(_ value: Double) {
    guard value > 0, value.isFinite else { return nil }
    self.value = value
  }
}
