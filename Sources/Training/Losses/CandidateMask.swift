/// Which passages of a batch are no negatives of which queries.
///
/// In a batch every passage is a candidate for every query. Where a text comes twice, under one id or
/// two, or a passage is known to answer a query that it was not drawn for, it would be pushed away from
/// a query that it belongs to: such a candidate does not count. Nor does a negative whose text came for
/// the same query before, so that each text counts once.
package struct CandidateMask: Equatable {
  /// `[queries, candidates]` row-major: whether the candidate is left out.
  package private(set) var isLeftOut: [Bool]

  /// Looks through the candidates of some queries.
  ///
  /// - Parameters:
  ///   - targets: for each query the number of its positive among the candidates.
  ///   - positives: for each query the ids of the passages that are known to answer it.
  ///   - ids: the ids of all candidates.
  ///   - texts: their texts, which one id has but one of.
  /// - Complexity: O(queries · candidates).
  package init(targets: [Int], positives: [Set<UInt64>], ids: [UInt64], texts: [UInt64]) {
    isLeftOut = [Bool](repeating: false, count: targets.count * texts.count)
    var seen: Set<UInt64> = []
    let repeats = texts.map { !seen.insert($0).inserted }
    for (row, target) in targets.enumerated() {
      for (place, text) in texts.enumerated() where place != target {
        isLeftOut[row * texts.count + place] =
          repeats[place] || text == texts[target] || positives[row].contains(ids[place])
      }
    }
  }
}
