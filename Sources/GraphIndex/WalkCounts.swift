internal import Synchronization
internal import VectorCore

/// What walks have done since the index was made.
final class WalkCounts: Sendable {
  private let distances = Atomic<Int>(0)
  private let expanded = Atomic<Int>(0)

  /// Adds what some walks did: nodes measured, or estimated from a neighbor's row, and nodes expanded.
  func add(distances: Int, expanded: Int) {
    self.distances.wrappingAdd(distances, ordering: .relaxed)
    self.expanded.wrappingAdd(expanded, ordering: .relaxed)
  }

  var observations: [SearchObservation] {
    [
      SearchObservation("distances", distances.load(ordering: .relaxed)),
      SearchObservation("expanded_nodes", expanded.load(ordering: .relaxed)),
    ]
  }
}
