internal import Glibc
internal import Needletail
internal import Synchronization
internal import VectorCore

/// Eight readers and a writer of one index; `Scripts/check-races` builds it with ThreadSanitizer.
///
/// Vectors come and go in pairs of the same values: a reader that finds one of a pair without the other
/// saw a state that never was. Readers first work alone, then beside the writer, and both rates are
/// printed. Each reader has a snapshot of its own, and the writer works on one thread: the locks of
/// Swift's Synchronization are not seen by ThreadSanitizer, which takes what they protect for races.
@main
struct Races {
  private static let readers = 8
  private static let (dimension, base, pairs) = (32, 20_000, 200)
  private static let rounds = 6
  /// Searches of a snapshot before the next is asked for.
  private static let searches = 256
  /// Changes between two compactions.
  private static let compactAfter = 400

  private let path: String
  private let niceness: Int
  private let values: [Float]
  private let pairValues: [Float]

  /// What all threads count.
  private final class Counts: Sendable {
    let queries = Atomic(0)
    let changes = Atomic(0)
    let faults = Atomic(0)
    let isOver = Atomic(false)
  }

  static func main() throws {
    let arguments = CommandLine.arguments
    guard (3...4).contains(arguments.count), let seconds = Double(arguments[1]), seconds > 0,
      let niceness = arguments.count == 4 ? Int(arguments[3]) : 0
    else {
      print("usage: races SECONDS FOLDER [NICENESS]")
      exit(64)
    }
    let races = try Races(arguments[2], niceness: niceness)
    let counts = (alone: Counts(), beside: Counts())
    // In turns: what else the machine does comes to both.
    for _ in 0..<rounds {
      try races.run(seconds / Double(rounds), writes: false, counts.alone)
      try races.run(seconds / Double(rounds), writes: true, counts.beside)
    }
    func rate(_ counts: Counts) -> Double {
      Double(counts.queries.load(ordering: .relaxed)) / seconds
    }
    let (before, after) = (rate(counts.alone), rate(counts.beside))
    let changes = counts.beside.changes.load(ordering: .relaxed)
    let faults = [counts.alone, counts.beside].reduce(0) { $0 + $1.faults.load(ordering: .relaxed) }
    print("queries/s without a writer: \(Int(before))")
    print(
      "queries/s beside a writer:  \(Int(after)), \(after / before) of that, \(changes) changes"
    )
    print("states that never were:     \(faults)")
    exit(faults == 0 && changes > 0 ? 0 : 1)
  }

  private init(_ path: String, niceness: Int) throws {
    self.path = path
    self.niceness = niceness
    values = Self.values(Self.base, seed: 1)
    pairValues = Self.values(Self.pairs, seed: 2)
    let writer = try SegmentWriter(
      creating: path,
      "hnsw",
      metric: .squaredL2,
      dimension: Self.dimension
    )
    let names = try VectorNames((0..<Self.base).map { "base-\($0)" })
    let set = VectorSet(values, dimension: Self.dimension)
    try writer.add(VectorSet(set.source, ids: VectorIDs(names: names)))
  }

  private static func values(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SplitMix64(seed: seed)
    return (0..<count * dimension).map { _ in Float.random(in: -1...1, using: &generator) }
  }

  private func run(_ seconds: Double, writes: Bool, _ counts: Counts) throws {
    counts.isOver.store(false, ordering: .relaxed)
    let clock = ContinuousClock()
    let end = clock.now + .seconds(seconds)
    try parallelFor(Self.readers + 1, chunk: 1, threads: Self.readers + 1) { _, range in
      guard range.lowerBound == 0 else {
        return try read(UInt64(range.lowerBound), counts)
      }
      defer { counts.isOver.store(true, ordering: .releasing) }
      if writes { try write(counts, until: end) }
      while clock.now < end { usleep(1_000) }
    }
  }

  private func write(_ counts: Counts, until end: ContinuousClock.Instant) throws {
    let writer = try SegmentWriter(path)
    writer.niceness = niceness
    var there: Set<Int> = []
    var generator = SplitMix64(seed: 3)
    while ContinuousClock().now < end {
      let number = Int.random(in: 0..<Self.pairs, using: &generator)
      let names = ["\(number)-a", "\(number)-b"]
      if there.remove(number) != nil {
        try writer.delete(names)
      } else {
        there.insert(number)
        let set = VectorSet(pair(number) + pair(number), dimension: Self.dimension)
        try writer.add(VectorSet(set.source, ids: VectorIDs(names: try VectorNames(names))))
      }
      let done = counts.changes.wrappingAdd(1, ordering: .relaxed).newValue
      if done % Self.compactAfter == 0 { try writer.compact() }
      // A stream of changes, not as many as the disk can take.
      usleep(50_000)
    }
    try writer.delete(there.flatMap { ["\($0)-a", "\($0)-b"] })
  }

  private func pair(_ number: Int) -> [Float] {
    Array(pairValues[number * Self.dimension..<(number + 1) * Self.dimension])
  }

  private func read(_ seed: UInt64, _ counts: Counts) throws {
    var generator = SplitMix64(seed: seed)
    var index = try SegmentedIndex(path)
    while !counts.isOver.load(ordering: .acquiring) {
      let generation = index.generation
      index = try index.refreshed()
      if index.generation < generation { counts.faults.wrappingAdd(1, ordering: .relaxed) }
      for _ in 0..<Self.searches where !counts.isOver.load(ordering: .relaxed) {
        let number = Int.random(in: 0..<Self.pairs, using: &generator)
        let found = try index.search(pair(number).span, k: 4)[0]
        let words = found.filter { $0.score < 1e-3 }.map { index.ids.word(at: Int($0.id)) }
        if ![[], ["\(number)-a", "\(number)-b"]].contains(words) {
          counts.faults.wrappingAdd(1, ordering: .relaxed)
        }
        counts.queries.wrappingAdd(1, ordering: .relaxed)
      }
    }
  }
}
