internal import Synchronization
internal import VectorCore

/// What the integer first pass has done since the index was made.
final class ScreenCounts: Sendable {
  private let screened = Atomic<Int>(0)
  private let survived = Atomic<Int>(0)
  private let unscreened = Atomic<Int>(0)

  /// Adds pairs of query and row: those that the first pass saw, those of them that were scored
  /// exactly, and those that it left to the full scan.
  func add(screened: Int, survived: Int, unscreened: Int) {
    self.screened.wrappingAdd(screened, ordering: .relaxed)
    self.survived.wrappingAdd(survived, ordering: .relaxed)
    self.unscreened.wrappingAdd(unscreened, ordering: .relaxed)
  }

  var observations: [SearchObservation] {
    [
      SearchObservation("screened_pairs", screened.load(ordering: .relaxed)),
      SearchObservation("surviving_pairs", survived.load(ordering: .relaxed)),
      SearchObservation("unscreened_pairs", unscreened.load(ordering: .relaxed)),
    ]
  }
}
