package import VectorCore

/// Nodes at which walks begin: a sample, in groups of near ones, so that the nearest to a query are found
/// by measuring a few groups.
///
/// They are what the upper layers of a hierarchical graph are for: a walk begins near its end, and in the
/// right one of clusters that no link connects.
package struct EntryPoints: Sendable {
  /// The nodes, group by group; the first of a group leads it.
  package let nodes: SharedArray<UInt32>
  /// Where the groups begin, `[groups + 1]`.
  package let starts: SharedArray<UInt32>
  /// The first node of each group.
  let leaders: SharedArray<UInt32>
  /// 0, 1, …, as many as there are nodes.
  private let places: SharedArray<UInt32>

  /// Groups that are measured for a query.
  static let probes = 3

  /// Joins the parts.
  ///
  /// - Precondition: there is a group, and none is empty.
  init(nodes: SharedArray<UInt32>, starts: SharedArray<UInt32>) {
    self.nodes = nodes
    self.starts = starts
    places = SharedArray((0..<UInt32(nodes.count)).map { $0 })
    leaders = SharedArray((0..<starts.count - 1).map { nodes[Int(starts[$0])] })
  }

  /// Samples about 4 · √count nodes, in as many groups as groups have nodes.
  ///
  /// - Complexity: O(count) distances.
  init(sampling rows: BuildRows, seed: UInt64) {
    let wanted = min(rows.count, 4 * Int(Double(rows.count).squareRoot()) + 16)
    let sample = Array(seededShuffle(of: rows.count, seed: seed).prefix(wanted))
    let leaderCount = max(1, Int(Double(wanted).squareRoot()))
    let leaders = Array(sample.prefix(leaderCount))
    var groups = leaders.map { [$0] }
    let measure = unsafe rows.distances
    var query = [Int8](repeating: 0, count: rows.width)
    var distances = [Int32](repeating: 0, count: leaderCount + 4)
    for node in sample.dropFirst(leaderCount) {
      let excess = unsafe measure.load(node, into: &query)
      unsafe measure.measure(
        query,
        excess: excess,
        norm: 0,
        leaders,
        count: leaderCount,
        into: &distances
      )
      let nearest = leaders.indices.min { (distances[$0], $0) < (distances[$1], $1) } ?? 0
      groups[nearest].append(node)
    }
    var starts: [UInt32] = [0]
    for group in groups { starts.append(starts[starts.count - 1] + UInt32(group.count)) }
    self.init(nodes: SharedArray(Array(groups.joined())), starts: SharedArray(starts))
  }

  /// The most nodes that are measured at once.
  var most: Int {
    (0..<leaders.count).reduce(leaders.count) { max($0, Int(starts[$1 + 1] - starts[$1])) }
  }

  /// The parts as pointers, valid while this is alive.
  var view: EntryView {
    guard let nodes = unsafe nodes.baseAddress, let starts = unsafe starts.baseAddress,
      let leaders = unsafe leaders.baseAddress, let places = unsafe places.baseAddress
    else { preconditionFailure("a graph has entry points") }
    return unsafe EntryView(
      nodes: nodes,
      starts: starts,
      leaders: leaders,
      places: places,
      groups: self.leaders.count
    )
  }
}

/// Entry points while they are used.
@unsafe
struct EntryView {
  let nodes: UnsafePointer<UInt32>
  let starts: UnsafePointer<UInt32>
  let leaders: UnsafePointer<UInt32>
  let places: UnsafePointer<UInt32>
  let groups: Int
}

/// The few lowest of many orders.
struct LowestOrders {
  private(set) var orders = SIMD4<UInt32>(repeating: .max)
  private(set) var values = SIMD4<UInt32>(repeating: 0)
  private(set) var count = 0
  private let limit: Int
  /// What an order must come before once there are enough.
  private var bound = UInt32.max

  /// Keeps `limit`, at most 4.
  init(limit: Int) { self.limit = limit }

  /// Adds a value, unless there are enough lower ones; earlier ones win ties.
  @inline(__always)
  mutating func add(_ value: UInt32, order: UInt32) {
    guard order < bound || count < limit else { return }
    var place = min(count, limit - 1)
    while place > 0 && order < orders[place - 1] {
      orders[place] = orders[place - 1]
      values[place] = values[place - 1]
      place -= 1
    }
    orders[place] = order
    values[place] = value
    count = min(count + 1, limit)
    if count == limit { bound = orders[limit - 1] }
  }
}
