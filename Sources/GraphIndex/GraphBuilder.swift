internal import CKernels
internal import IndexStore
internal import Synchronization
internal import VectorCore

/// Links nodes in two passes; the same links for any number of threads and on any processor.
///
/// First every node chooses neighbors among its nearest ones, which come from inverted lists, and
/// those that it was chosen by. Then every node is searched for in that graph, and chooses again among
/// what it chose and what the walk came by, which adds links across and ahead. There are no locks:
/// in each step every node is written by one thread, from what the step before left.
struct GraphBuilder {
  let rows: BuildRows
  let plan: GraphPlan
  let options: BuildOptions

  /// Candidates that a node chooses among, at most.
  static func most(degree: Int) -> Int { max(256, 2 * degree) }
  /// Nodes that a thread takes at a time.
  private static let chunk = 256

  /// Builds the links, from nodes near each node.
  func build(from near: NearNodes, entries: EntryPoints) throws -> GraphLinks {
    let first = choose("pruning", limit: plan.degree) { node in
      near.places(of: node).map { near.nodes[$0] }
    }
    var links = linkBack("linking", first)
    let found = try search(links, entries: entries)
    let (width, previous) = (found.width, links)
    links = linkBack(
      "linking again",
      choose("pruning again", limit: plan.degree) { node in
        previous.links(of: node)
          + (node * width..<(node + 1) * width).map { found.nodes[$0] }
          .filter { $0 != GraphLinks.none }
      }
    )
    var reachability = Reachability(links, root: entries.nodes[0])
    _ = reachability.complete()
    return GraphLinks(
      links: links.frozen,
      count: rows.count,
      degree: plan.degree,
      entries: entries
    )
  }

  /// Every node chooses among the candidates that `candidates` names.
  private func choose(
    _ phase: String,
    limit: Int,
    from candidates: @Sendable (Int) -> [UInt32]
  ) -> LinksUnderConstruction {
    let links = LinksUnderConstruction(count: rows.count, degree: limit)
    let counter = PhaseCounter(phase, total: rows.count, options)
    let selections = selections(limit: limit)
    parallelFor(rows.count, chunk: Self.chunk, threads: options.threads) { worker, range in
      let selection = selections[worker]
      for node in range {
        unsafe selection.choose(for: UInt32(node), from: candidates(node), into: links[node])
      }
      counter.add(range.count)
    }
    return links
  }

  /// Every node chooses among its links and the nodes that link to it.
  private func linkBack(_ phase: String, _ links: LinksUnderConstruction) -> LinksUnderConstruction
  {
    let (starts, sources) = links.reversed()
    return choose(phase, limit: plan.degree) { node in
      links.links(of: node) + sources[starts[node]..<starts[node + 1]]
    }
  }

  /// Searches for every node; the nodes found, nearest first, without itself.
  private func search(
    _ links: LinksUnderConstruction,
    entries: EntryPoints
  ) throws -> (nodes: SharedArray<UInt32>, width: Int) {
    let kept = min(plan.efConstruction, Self.most(degree: plan.degree) - plan.degree, rows.count)
    let width = kept + BuildWalker.entries
    let found = MutableMemory<UInt32>(count: rows.count * width)
    let counter = PhaseCounter("searching", total: rows.count, options)
    let walkers = (0..<options.threads).map { _ in
      BuildWalker(rows, links: links, entries: entries)
    }
    try parallelFor(rows.count, chunk: Self.chunk, threads: options.threads) { worker, range in
      let places = unsafe UnsafeMutableBufferPointer(
        rebasing: found.elements[range.lowerBound * width..<range.upperBound * width]
      )
      try unsafe walkers[worker].search(range, kept: kept, into: places)
      counter.add(range.count)
    }
    return (found.frozen(), width)
  }

  private func selections(limit: Int) -> [NeighborSelection] {
    (0..<options.threads).map { _ in
      unsafe NeighborSelection(
        rows.distances,
        limit: limit,
        least: plan.least,
        most: Self.most(degree: plan.degree),
        rounds: plan.rounds
      )
    }
  }
}

/// Counts what threads have done and reports it.
final class PhaseCounter: Sendable {
  private let done = Mutex(0)
  private let phase: String
  private let total: Int
  private let options: BuildOptions

  init(_ phase: String, total: Int, _ options: BuildOptions) {
    self.phase = phase
    self.total = total
    self.options = options
  }

  func add(_ count: Int) {
    done.withLock { done in
      done += count
      options.progress(BuildProgress(phase: phase, done: done, total: total))
    }
  }
}
