internal import CKernels
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

  /// Groups that are measured for a query.
  static let probes = 3

  /// Joins the parts.
  ///
  /// - Precondition: there is a group, and none is empty.
  init(nodes: SharedArray<UInt32>, starts: SharedArray<UInt32>) {
    self.nodes = nodes
    self.starts = starts
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

  private var groups: Int { starts.count - 1 }

  /// The most nodes that are measured at once: a leader of each group, or the largest groups.
  var most: Int {
    let sizes = (0..<groups).map { Int(starts[$0 + 1] - starts[$0]) }
    return max(groups, sizes.sorted(by: >).prefix(Self.probes).reduce(0, +))
  }

  /// The parts as pointers, valid while this is alive.
  var view: EntryView {
    guard let nodes = unsafe nodes.baseAddress, let starts = unsafe starts.baseAddress else {
      preconditionFailure("a graph has entry points")
    }
    return unsafe EntryView(nodes: nodes, starts: starts, groups: groups)
  }
}

/// Entry points while they are used.
@unsafe
struct EntryView {
  let nodes: UnsafePointer<UInt32>
  /// The places of the groups' leaders, and the end of the last group.
  let starts: UnsafePointer<UInt32>
  let groups: Int
}

/// The few lowest of many orders, lowest first.
struct LowestOrders {
  /// Where they stand among all, or what stands there.
  var values = SIMD4<UInt32>(repeating: 0)
  private(set) var orders = SIMD4<UInt32>(repeating: 0)
  private(set) var count = 0

  /// None.
  init() {}

  /// Picks `most`, at most 4, of `count` orders; earlier ones win ties.
  ///
  /// There is room for 16 more orders, which are overwritten.
  @inline(__always)
  init(most: Int, of orders: UnsafeMutablePointer<UInt32>, count: Int) {
    self.count = min(most, count)
    let pick = unsafe needle_select_for(needle_simd_level()).pointee.lowest
    let found = unsafe pick(orders, count, self.count)
    values = unsafe unsafeBitCast(found.places, to: SIMD4<UInt32>.self)
    self.orders = unsafe unsafeBitCast(found.orders, to: SIMD4<UInt32>.self)
  }
}
