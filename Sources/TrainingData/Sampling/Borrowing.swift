internal import VectorCore

/// Passages of other records for a query that has no negatives of its own.
struct Borrowing {
  let record: Int
  let query: String
  /// The keys of passages that answer the query.
  let positives: Set<String>

  /// How often another passage is drawn before one that is there already is taken again.
  private static let attempts = 32

  /// Positives of random other records, different from each other as far as there are enough.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - set: the records.
  ///   - generator: draws records and their positives.
  /// - Returns: `count` passages.
  /// - Throws: what `set` throws; ``SamplingError/noNegatives(query:record:)`` where no draw gives a
  ///   passage that is no positive of the query.
  func passages(
    _ count: Int,
    of set: any TrainingSet,
    _ generator: SplitMix64
  ) throws -> [TrainingText] {
    var generator = generator
    var chosen: [TrainingText] = []
    var keys: Set<String> = []
    while chosen.count < count {
      guard let passage = try draw(from: set, avoiding: keys, &generator) ?? chosen.first else {
        throw SamplingError.noNegatives(query: query, record: record)
      }
      keys.insert(passage.key)
      chosen.append(passage)
    }
    return chosen
  }

  private func draw(
    from set: any TrainingSet,
    avoiding keys: Set<String>,
    _ generator: inout SplitMix64
  ) throws -> TrainingText? {
    for _ in 0..<Self.attempts {
      let other = generator.place(below: set.count)
      guard other != record else { continue }
      let candidates = try set.example(at: other).positives
      guard !candidates.isEmpty else { continue }
      let candidate = candidates[generator.place(below: candidates.count)]
      if !positives.contains(candidate.key), !keys.contains(candidate.key) { return candidate }
    }
    return nil
  }
}
