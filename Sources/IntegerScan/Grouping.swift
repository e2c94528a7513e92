/// Places sorted by the group they belong to, in order within each group: a counting sort.
package struct Grouping: Sendable {
  /// The places of group g are `starts[g]..<starts[g + 1]` of ``places``.
  package let starts: [Int]
  /// All places, group by group.
  package let places: [UInt32]

  /// Sorts the places of `groupOf`, whose values are below `groups`.
  ///
  /// - Complexity: O(places + groups).
  package init(_ groupOf: [UInt32], groups: Int) {
    var starts = [Int](repeating: 0, count: groups + 1)
    for group in groupOf { starts[Int(group) + 1] += 1 }
    for group in 0..<groups { starts[group + 1] += starts[group] }
    var next = starts
    var places = [UInt32](repeating: 0, count: groupOf.count)
    for (place, group) in groupOf.enumerated() {
      places[next[Int(group)]] = UInt32(place)
      next[Int(group)] += 1
    }
    self.starts = starts
    self.places = places
  }

  /// The places of one group, ascending.
  package subscript(group: Int) -> ArraySlice<UInt32> { places[starts[group]..<starts[group + 1]] }

  /// The number of places in each group.
  package var sizes: [Int] { zip(starts, starts.dropFirst()).map { $1 - $0 } }
}
