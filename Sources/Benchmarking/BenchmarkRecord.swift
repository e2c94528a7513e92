/// What was measured of one index at one search setting.
public struct BenchmarkRecord: Sendable, Equatable {
  /// The record as one line of JSON, without a line break.
  public var json: String { "{}" }
}
