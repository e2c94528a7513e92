/// A link back to a node just inserted, still to be written at its target.
struct BackLink {
  /// The layer that both nodes belong to.
  let layer: Int
  /// The node that shall link back, and the inserted node that it shall link to.
  let target: UInt32
  let source: UInt32

  private var order: UInt64 { UInt64(target) << 32 | UInt64(source) }

  /// Links in groups that can be written apart: no target is in two of them, and each group is
  /// sorted by target and source, whatever order the links came in.
  static func sortedGroups(_ links: [BackLink], nodes: Int) -> [[BackLink]] {
    // Fixed ranges of targets: a number of groups that any thread count can share evenly.
    let groupCount = min(64, max(1, links.count / 256))
    let targetsPerGroup = (nodes + groupCount - 1) / groupCount
    var groups = [[BackLink]](repeating: [], count: groupCount)
    for link in links { groups[Int(link.target) / targetsPerGroup].append(link) }
    for group in groups.indices { groups[group].sort { $0.order < $1.order } }
    return groups
  }
}
