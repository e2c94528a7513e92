internal import FlatIndex
internal import Torch
internal import VectorCore

/// Some rows of a set on a device, less the set's center, scaled, in the type of the products.
struct DeviceRows: Sendable {
  /// Which rows of the set.
  let rows: Range<Int>
  /// `[padded count, dimension]`: the last row is repeated until the last block is full.
  let values: Tensor
  /// Half the squared length of each row before it was rounded, float32 `[padded count]`, where the
  /// metric needs it.
  let halfSquares: Tensor?
  /// What rows were multiplied by, a power of two.
  let scale: Double
  /// The largest length of a scaled row.
  let largest: Double
  /// The largest distance between a scaled row and its rounded form.
  let error: Double

  /// Rows whose largest score is taken first.
  static let block = 64
  /// Values that are converted at a time.
  private static let piece = 1 << 24

  /// Copies rows to a device.
  init(_ rows: Range<Int>, of set: CenteredSet, on device: Device, as dtype: DType)
    throws(TorchError)
  {
    let dimension = set.dimension
    let padded = (rows.count + Self.block - 1) / Self.block * Self.block
    let values = try Tensor.zeros([padded, dimension], dtype: dtype, device: device)
    let halves =
      set.rows.metric == .squaredL2 ? try Tensor.zeros([padded], device: device) : nil
    let center = try Tensor(set.center, device: device)
    let scale = set.scale
    let bytes = set.rows.values.bytes
    let length = max(1, Self.piece / dimension)
    var (largest, error) = (0.0, 0.0)
    for start in stride(from: 0, to: rows.count, by: length) {
      let count = min(length, rows.count - start)
      let given = try Tensor(
        sharing: bytes,
        at: 4 * (rows.lowerBound + start) * dimension,
        dtype: .float32,
        shape: [count, dimension]
      )
      let exact = try (given.to(device) - center) * scale
      let rounded = try exact.to(dtype)
      try values.narrow(0, start: start, length: count).assign(rounded)
      let squares = try (exact * exact).sum([1])
      try halves?.narrow(0, start: start, length: count).assign(squares * 0.5)
      largest = max(largest, try squares.max().item())
      let off = try exact - rounded.to(.float32)
      error = max(error, try (off * off).sum([1]).max().item())
    }
    if padded > rows.count {
      for tensor in [values, halves].compactMap(\.self) {
        let last = try tensor.narrow(0, start: rows.count - 1, length: 1)
        let filling = try tensor.narrow(0, start: rows.count, length: padded - rows.count)
        try filling.assign(last.expand(filling.shape))
      }
    }
    self.rows = rows
    self.values = values
    halfSquares = halves
    self.scale = scale
    self.largest = largest.squareRoot()
    self.error = error.squareRoot()
  }

  /// Bytes of a row on the device.
  static func byteCount(dimension: Int, _ dtype: DType, _ metric: Metric) -> Int {
    dimension * dtype.byteCount + (metric == .squaredL2 ? 4 : 0)
  }

  /// Bytes of the scores of a query with a row, with what they are made from.
  static func scoreBytes(_ dtype: DType, _ metric: Metric) -> Int {
    dtype.byteCount + (metric == .squaredL2 ? 8 : 0)
  }
}
