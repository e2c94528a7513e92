internal import Torch
internal import VectorCore

/// The rows with the largest scores of each query, as a device's products have them.
struct DeviceScreen: Sendable {
  /// Candidates of each query.
  let width: Int
  /// Row numbers, `[count, width]`; ``none`` for what only fills the last block.
  let rows: [UInt32]
  /// Scores, `[count, width]`, largest first.
  let scores: [Float]
  /// What no other row's score exceeds, `[count]`; minus infinity where there is none.
  let ceilings: [Float]

  /// No row.
  static let none = UInt32.max

  /// Compares all queries with all rows, and keeps the best.
  ///
  /// The largest score of each block of ``DeviceRows/block`` rows is taken first: the best `width` rows
  /// are in the `width` blocks with the largest ones, whose rows alone are sorted out.
  init(
    _ queries: DeviceQueries,
    _ rows: DeviceRows,
    width wanted: Int
  ) throws(TorchError) {
    let padded = rows.values.shape[0]
    let width = min(wanted, padded)
    self.width = width
    let scores = try Self.product(queries, rows)
    let blocks = padded / DeviceRows.block
    func number(_ place: Int) -> UInt32 {
      place < rows.rows.count ? UInt32(rows.rows.lowerBound + place) : Self.none
    }
    guard blocks > width else {
      let (best, places) = try scores.topK(min(width + 1, padded))
      (self.scores, ceilings) = try Self.split(best, width: width)
      self.rows = try places.narrow(1, start: 0, length: width).to(.int32).array(of: Int32.self)
        .map { number(Int($0)) }
      return
    }
    let count = scores.shape[0]
    let byBlock = try scores.reshape([count, blocks, DeviceRows.block])
    let (maxima, order) = try byBlock.max([2]).topK(width + 1)
    let chosen = try order.narrow(1, start: 0, length: width)
    let inside = try byBlock.gather(
      1,
      chosen.unsqueeze(2).expand([count, width, DeviceRows.block])
    ).reshape([count, width * DeviceRows.block])
    let (best, places) = try inside.topK(width + 1)
    let blockRows = try chosen.to(.int32).array(of: Int32.self)
    let placeRows = try places.narrow(1, start: 0, length: width).to(.int32).array(of: Int32.self)
    self.rows = placeRows.enumerated().map { entry, place in
      let (block, lane) = Int(place).quotientAndRemainder(dividingBy: DeviceRows.block)
      return number(Int(blockRows[entry / width * width + block]) * DeviceRows.block + lane)
    }
    let (kept, left) = try Self.split(best, width: width)
    let others = try maxima.narrow(1, start: width, length: 1).array(of: Float.self)
    self.scores = kept
    ceilings = zip(left, others).map { max($0, $1) }
  }

  /// The products, or for squared distances these less half the squared lengths of the rows.
  private static func product(
    _ queries: DeviceQueries,
    _ rows: DeviceRows
  ) throws(TorchError) -> Tensor {
    let products = try queries.values.matmul(rows.values.transpose(0, 1))
    guard let halves = rows.halfSquares else { return products }
    return try products.to(.float32) - halves * (queries.scale / rows.scale)
  }

  /// The scores of the first `width`, and the one that follows.
  private static func split(
    _ best: Tensor,
    width: Int
  ) throws(TorchError) -> (scores: [Float], next: [Float]) {
    let scores = try best.narrow(1, start: 0, length: width).array(of: Float.self)
    guard best.shape[1] > width else {
      return (scores, [Float](repeating: -.infinity, count: best.shape[0]))
    }
    return (scores, try best.narrow(1, start: width, length: 1).array(of: Float.self))
  }
}
