internal import VectorCore

/// The order in which an epoch sees the records, and how steps and ranks share it.
///
/// Step `s` takes the next `batchSize × ranks` records of the order; each rank takes its part of
/// them, in the order of the ranks. So every record comes exactly once in an epoch, with two
/// exceptions at its end, where records do not fill a step:
/// - with `dropsLast`, the rest is left out of this epoch;
/// - otherwise the last step is smaller, by as much for every rank, because ranks exchange vectors of
///   equal shapes. Up to `ranks - 1` records from the begin of the order come a second time to make
///   the parts equal; ``padding`` says how many. One rank alone repeats none.
public struct EpochOrder: Sendable {
  /// The epoch, from 0.
  public let epoch: Int
  /// Records of a step on one rank.
  public let batchSize: Int
  /// How many processes share the records.
  public let ranks: Int
  /// How many steps the epoch has.
  public let steps: Int
  /// How many records come a second time to give the ranks equal parts of the last step.
  public let padding: Int

  private let order: [UInt32]

  /// Orders the records of an epoch.
  ///
  /// - Parameters:
  ///   - count: how many records there are.
  ///   - epoch: from 0; each has another order.
  ///   - seed: fixes the orders; `nil` for the order of the file in every epoch, as for validation.
  ///   - batchSize: records of a step on one rank, at least 1.
  ///   - ranks: how many processes share the records, at least 1.
  ///   - dropsLast: whether records that do not fill a step are left out.
  /// - Complexity: O(count) time, 4 bytes a record.
  public init(
    count: Int,
    epoch: Int,
    seed: UInt64?,
    batchSize: Int,
    ranks: Int = 1,
    dropsLast: Bool = false
  ) {
    precondition(count >= 0 && count <= UInt32.max, "\(count) records")
    precondition(epoch >= 0 && batchSize > 0 && ranks > 0, "no epoch, records or ranks")
    self.epoch = epoch
    self.batchSize = batchSize
    self.ranks = ranks
    order =
      seed.map {
        seededShuffle(of: count, seed: SplitMix64.value(seed: $0, at: UInt64(epoch)))
      } ?? Array(0..<UInt32(count))
    let (full, rest) = count.quotientAndRemainder(dividingBy: batchSize * ranks)
    steps = dropsLast || rest == 0 ? full : full + 1
    padding = dropsLast ? 0 : (ranks - rest % ranks) % ranks
  }

  /// The numbers of the records that a rank sees in a step.
  ///
  /// - Parameters:
  ///   - step: 0 to `steps - 1`.
  ///   - rank: 0 to `ranks - 1`.
  /// - Returns: as many for every rank, `batchSize` in all steps but the last.
  public func records(step: Int, rank: Int) -> [Int] {
    precondition(step >= 0 && step < steps, "step \(step) of \(steps)")
    precondition(rank >= 0 && rank < ranks, "rank \(rank) of \(ranks)")
    let start = step * batchSize * ranks
    let part = min(batchSize, (order.count - start + ranks - 1) / ranks)
    let first = start + rank * part
    return (first..<first + part).map { Int(order[$0 % order.count]) }
  }
}
