internal import Glibc
internal import Synchronization
internal import VectorCore

/// What the differences between two runs, query by query, say about the runs.
public struct PairedTest: Sendable, Equatable {
  /// The mean difference.
  public let mean: Double
  /// How likely differences at least this large would be if either run were as good as the other:
  /// the two-sided p of Fisher's randomization test.
  ///
  /// Each difference is as likely with one sign as with the other then. Up to 20 differences other
  /// than 0, all signs are tried; beyond that, as many as ``signings`` says, and the observed ones.
  public let p: Double
  /// How many choices of signs were tried.
  public let signings: Int
  /// The 95 % confidence interval of the mean: percentiles of the means of queries drawn with
  /// replacement (the percentile bootstrap).
  public let interval: ClosedRange<Double>
  /// Queries with a larger, an equal and a smaller value.
  public let wins: Int
  /// See ``wins``.
  public let ties: Int
  /// See ``wins``.
  public let losses: Int

  /// Choices of signs that are drawn where there are too many to try all.
  public static let drawnSignings = 100_000
  /// Samples of the bootstrap.
  public static let resamples = 10_000
  /// Differences other than 0 up to which all signs are tried.
  private static let mostExact = 20
  /// Differences closer to 0 are taken for equal values: sums in another order differ by as much.
  private static let rounding = 1e-12

  /// Tests differences, one a query.
  ///
  /// - Parameters:
  ///   - differences: finite numbers, at least one.
  ///   - seed: fixes the draws; the result depends on nothing else.
  ///   - threads: threads to work with.
  /// - Complexity: O(queries · (``drawnSignings`` / 8 + ``resamples``)).
  public init(_ differences: [Double], seed: UInt64 = 42, threads: Int = 1) {
    precondition(!differences.isEmpty, "no differences to test")
    let changed = differences.filter { abs($0) > Self.rounding }
    mean = differences.reduce(0, +) / Double(differences.count)
    wins = changed.count { $0 > 0 }
    losses = changed.count - wins
    ties = differences.count - changed.count
    let observed = abs(changed.reduce(0, +))
    let sums = SignedSums(changed, atLeast: observed * (1 - 1e-9))
    if changed.count <= Self.mostExact {
      signings = 1 << changed.count
      p = Double(sums.countAll(threads: threads)) / Double(signings)
    } else {
      signings = Self.drawnSignings
      let extreme = sums.count(drawing: signings, seed: seed, threads: threads)
      p = Double(extreme + 1) / Double(signings + 1)
    }
    interval = bootstrapInterval(differences, seed: seed &+ 1, threads: threads)
  }
}

/// Sums of numbers under many choices of their signs.
private struct SignedSums {
  /// For eight numbers at a time the sums under all 256 choices, a set bit being a minus.
  private let tables: [[Double]]
  private let count: Int
  private let threshold: Double

  /// Prepares to count sums whose size is at least `threshold`.
  init(_ numbers: [Double], atLeast threshold: Double) {
    count = numbers.count
    self.threshold = threshold
    tables = stride(from: 0, to: numbers.count, by: 8).map { start in
      let part = numbers[start..<min(start + 8, numbers.count)]
      return (0..<256).map { bits in
        part.enumerated().reduce(0) { $0 + (bits >> $1.offset & 1 == 1 ? -1 : 1) * $1.element }
      }
    }
  }

  /// How many of all choices reach the threshold; there must be few numbers.
  func countAll(threads: Int) -> Int {
    let total = Atomic<Int>(0)
    parallelFor(1 << count, chunk: 1 << 12, threads: threads) { _, range in
      let extreme = range.count { bits in
        var sum = 0.0
        for (place, table) in tables.enumerated() { sum += table[bits >> (8 * place) & 255] }
        return abs(sum) >= threshold
      }
      total.wrappingAdd(extreme, ordering: .relaxed)
    }
    return total.load(ordering: .relaxed)
  }

  /// How many of some choices drawn by a seed reach the threshold.
  func count(drawing draws: Int, seed: UInt64, threads: Int) -> Int {
    let total = Atomic<Int>(0)
    parallelFor(draws, chunk: 256, threads: threads) { _, range in
      let extreme = range.count { draw in
        var generator = SplitMix64(seed: SplitMix64.value(seed: seed, at: UInt64(draw)))
        var sum = 0.0
        var bits: UInt64 = 0
        for (place, table) in tables.enumerated() {
          if place.isMultiple(of: 8) { bits = generator.next() }
          sum += table[Int(truncatingIfNeeded: bits & 255)]
          bits >>= 8
        }
        return abs(sum) >= threshold
      }
      total.wrappingAdd(extreme, ordering: .relaxed)
    }
    return total.load(ordering: .relaxed)
  }
}

/// The interval between the 2.5th and the 97.5th percentile of the means of resampled values.
private func bootstrapInterval(
  _ values: [Double],
  seed: UInt64,
  threads: Int
) -> ClosedRange<Double> {
  let means = Mutex([Double](repeating: 0, count: PairedTest.resamples))
  parallelFor(PairedTest.resamples, chunk: 64, threads: threads) { _, range in
    let own = range.map { sample in
      var generator = SplitMix64(seed: SplitMix64.value(seed: seed, at: UInt64(sample)))
      var sum = 0.0
      for _ in values {
        let draw = generator.next().multipliedFullWidth(by: UInt64(values.count)).high
        sum += values[Int(draw)]
      }
      return sum / Double(values.count)
    }
    means.withLock { $0.replaceSubrange(range, with: own) }
  }
  let sorted = means.withLock { $0.sorted() }
  let cut = PairedTest.resamples / 40
  return sorted[cut]...sorted[sorted.count - 1 - cut]
}
