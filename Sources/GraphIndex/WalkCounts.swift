internal import Synchronization
internal import VectorCore

/// What walks have done since the index, or the view of it, was made.
final class WalkCounts: Sendable {
  private let queries = Atomic<Int>(0)
  private let distances = Atomic<Int>(0)
  private let expanded = Atomic<Int>(0)
  private let scans = Atomic<Int>(0)

  /// Adds what some walks did: nodes measured, or estimated from a neighbor's row, nodes expanded, and
  /// queries for which all matches of a filter were measured.
  func add(queries: Int, distances: Int, expanded: Int, scans: Int) {
    self.queries.wrappingAdd(queries, ordering: .relaxed)
    self.distances.wrappingAdd(distances, ordering: .relaxed)
    self.expanded.wrappingAdd(expanded, ordering: .relaxed)
    self.scans.wrappingAdd(scans, ordering: .relaxed)
  }

  var observations: [SearchObservation] {
    [
      SearchObservation("distances", distances.load(ordering: .relaxed)),
      SearchObservation("expanded_nodes", expanded.load(ordering: .relaxed)),
    ]
  }

  /// Which plans a filter's queries went by, and the same.
  var filterObservations: [SearchObservation] {
    let scanned = scans.load(ordering: .relaxed)
    return [
      SearchObservation("filter_walked", queries.load(ordering: .relaxed) - scanned),
      SearchObservation("filter_scanned", scanned),
    ] + observations
  }
}
