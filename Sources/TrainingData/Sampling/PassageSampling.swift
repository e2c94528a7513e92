internal import IndexStore
internal import VectorCore

/// Which of a record's passages an epoch sees: one positive and `passages - 1` negatives.
///
/// A choice depends on the seed, the record and the epoch only; so it is the same for any number of
/// workers, and after a resume.
public struct PassageSampling: Sendable, Equatable {
  /// How passages are chosen.
  public enum Policy: String, Sendable, CaseIterable {
    /// Each query's negatives are permuted by (seed, query), each epoch takes the next window of
    /// the permutation, and positives take turns.
    case perQuery = "per-query"
    /// As OpenMatch's streaming loader: one permutation for all records, by the seed alone.
    ///
    /// With 30 negatives, 8 passages and 3 epochs, the same 9 places of every list are never seen.
    case openmatchStream = "openmatch-stream"
    /// As OpenMatch's mapping loader: the permutation of record `i` has the seed `seed + i`.
    case openmatchMap = "openmatch-map"
  }

  /// Which of a record's positives an epoch takes.
  public enum Positives: String, Sendable, CaseIterable {
    /// Positives take turns.
    case turns
    /// The first, always.
    case first
    /// The first every other epoch, and in between the others by turns.
    case everyOther = "every other"

    /// The place of the one of `count` whose turn it is.
    fileprivate func place(_ turn: UInt64, of count: Int) -> Int {
      let count = UInt64(count)
      switch self {
      case .turns: return Int(turn % count)
      case .first: return 0
      case .everyOther:
        return count == 1 || turn.isMultiple(of: 2) ? 0 : 1 + Int(turn / 2 % (count - 1))
      }
    }
  }

  /// How passages are chosen.
  public let policy: Policy
  /// How many passages a query gets, the positive included; at least 1.
  public let passages: Int
  /// Fixes every choice.
  public let seed: UInt64
  /// Which positive an epoch takes.
  public let positives: Positives
  /// Whether negatives are permuted; otherwise every epoch takes the first ones.
  public let shufflesNegatives: Bool

  /// Creates a sampling.
  public init(
    policy: Policy = .perQuery,
    passages: Int,
    seed: UInt64,
    positives: Positives = .turns,
    shufflesNegatives: Bool = true
  ) {
    precondition(passages > 0, "\(passages) passages per query")
    self.policy = policy
    self.passages = passages
    self.seed = seed
    self.positives = positives
    self.shufflesNegatives = shufflesNegatives
  }

  /// The passages of a record in an epoch.
  ///
  /// Where a record has fewer than `passages - 1` negatives, OpenMatch's policies draw all of them
  /// with replacement, from Python's generator seeded by the record's seed plus the epoch (OpenMatch
  /// draws from a generator shared by the whole process, which nothing can repeat);
  /// ``Policy/perQuery`` takes every negative once and draws only the rest. A record without any
  /// negative borrows positives of random other records, none of them a positive of its own.
  ///
  /// - Parameters:
  ///   - record: its number in `set`.
  ///   - epoch: from 0.
  ///   - set: the records.
  /// - Returns: the positive, then the negatives.
  /// - Throws: what `set` throws; ``SamplingError`` where no passage can be found.
  /// - Complexity: O(negatives).
  public func choose(
    record: Int,
    epoch: Int,
    from set: any TrainingSet
  ) throws -> ChosenPassages {
    let example = try set.example(at: record)
    let positives = example.positives
    guard !positives.isEmpty else {
      throw SamplingError.noPositives(query: example.query.key, record: record)
    }
    let positiveKeys = Set(positives.map(\.key))
    let seed = recordSeed(record, query: example.query.key)
    let turn = seed &+ UInt64(epoch)
    let positive = self.positives.place(turn, of: positives.count)
    let needed = passages - 1
    let available = example.negatives.count
    var shortage = ChosenPassages.Shortage()
    guard available > 0 || needed == 0 else {
      shortage.borrowed = needed
      let borrowing = Borrowing(record: record, query: example.query.key, positives: positiveKeys)
      // The turn alone would give neighboring epochs of neighboring records the same draws.
      let draws = SplitMix64(seed: SplitMix64.value(seed: turn, at: UInt64(record)))
      return ChosenPassages(
        query: example.query,
        passages: [positives[positive]] + (try borrowing.passages(needed, of: set, draws)),
        positiveKeys: positiveKeys,
        scores: nil,
        shortage: shortage
      )
    }
    let negatives = negatives(needed, of: available, seed: seed, epoch: epoch)
    shortage.repeated = max(0, needed - available)
    var scores: [Float]?
    if let ofPositives = example.positiveScores, let ofNegatives = example.negativeScores {
      scores = [ofPositives[positive]] + negatives.map { ofNegatives[$0] }
    }
    return ChosenPassages(
      query: example.query,
      passages: [positives[positive]] + negatives.map { example.negatives[$0] },
      positiveKeys: positiveKeys,
      scores: scores,
      shortage: shortage
    )
  }

  /// What fixes a record's choices in all epochs.
  private func recordSeed(_ record: Int, query: String) -> UInt64 {
    switch policy {
    case .perQuery: SplitMix64.value(seed: seed, at: Checksum.of(query.utf8))
    case .openmatchStream: seed
    case .openmatchMap: seed &+ UInt64(record)
    }
  }

  /// The places of the chosen negatives among the `available` ones.
  private func negatives(_ needed: Int, of available: Int, seed: UInt64, epoch: Int) -> [Int] {
    guard needed > 0 else { return [] }
    guard available >= needed else {
      return negatives(needed, ofTooFew: available, seed: seed, epoch: epoch)
    }
    guard shufflesNegatives else { return Array(0..<needed) }
    let order =
      switch policy {
      case .perQuery: seededShuffle(of: available, seed: seed).map(Int.init)
      case .openmatchStream, .openmatchMap: pythonPermutation(of: available, seed: seed)
      }
    // The remainder is taken first so that no epoch is too large.
    let start = (epoch % available) * needed % available
    return (start..<start + needed).map { order[$0 % available] }
  }

  private func negatives(
    _ needed: Int,
    ofTooFew available: Int,
    seed: UInt64,
    epoch: Int
  ) -> [Int] {
    switch policy {
    case .perQuery:
      var generator = SplitMix64(seed: SplitMix64.value(seed: seed, at: UInt64(epoch)))
      let drawn = (available..<needed).map { _ in generator.place(below: available) }
      return Array(0..<available) + drawn
    case .openmatchStream, .openmatchMap:
      var generator = MersenneTwister(seed: seed &+ UInt64(epoch))
      return generator.choices(needed, of: available)
    }
  }

  private func pythonPermutation(of count: Int, seed: UInt64) -> [Int] {
    var generator = MersenneTwister(seed: seed)
    return generator.permutation(of: count)
  }
}

extension SplitMix64 {
  /// A number in `0..<count`, by multiplication so that it is the same with every library.
  mutating func place(below count: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }
}
