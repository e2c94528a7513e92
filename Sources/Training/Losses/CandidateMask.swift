/// Which passages of a batch are no negatives of which queries.
///
/// In a batch every passage is a candidate for every query. Where a passage comes twice, or is known
/// to answer a query that it was not drawn for, it would be pushed away from a query that it belongs
/// to: such a candidate does not count. Nor does a negative that came for the same query before, so
/// that each text counts once.
package struct CandidateMask: Equatable {
  /// `[queries, candidates]` row-major: whether the candidate is left out.
  package private(set) var isLeftOut: [Bool]

  /// Looks through the candidates of some queries.
  ///
  /// - Parameters:
  ///   - targets: for each query the number of its positive among the candidates.
  ///   - positives: for each query the keys of the passages that are known to answer it.
  ///   - candidates: the keys of all candidates.
  /// - Complexity: O(queries · candidates).
  package init(targets: [Int], positives: [Set<UInt64>], candidates: [UInt64]) {
    isLeftOut = [Bool](repeating: false, count: targets.count * candidates.count)
    var firstPlaces: [UInt64: Int] = [:]
    let repeats = candidates.enumerated().map { place, key in
      if firstPlaces[key] != nil { return true }
      firstPlaces[key] = place
      return false
    }
    for (row, target) in targets.enumerated() {
      for (place, key) in candidates.enumerated() where place != target {
        isLeftOut[row * candidates.count + place] =
          repeats[place] || key == candidates[target] || positives[row].contains(key)
      }
    }
  }
}
