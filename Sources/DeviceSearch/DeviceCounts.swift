internal import Synchronization
internal import VectorCore

/// How queries were answered since the index was made.
final class DeviceCounts: Sendable {
  private let passes = Mutex([0, 0, 0])

  /// The number of the pass without a device.
  static let host = 2

  func add(pass: Int, _ queries: Int) { passes.withLock { $0[pass] += queries } }

  var observations: [SearchObservation] {
    let counts = passes.withLock { $0 }
    return zip(["first_pass_queries", "second_pass_queries", "host_queries"], counts).map {
      SearchObservation($0, $1)
    }
  }
}
