internal import Torch
internal import VectorCore

/// Queries on a device, less the center where the metric is a distance, scaled and rounded.
struct DeviceQueries: Sendable {
  /// `[count, dimension]`.
  let values: Tensor
  /// What queries were multiplied by, a power of two.
  let scale: Double
  /// The lengths of the scaled queries.
  let lengths: [Double]
  /// The distances between scaled queries and their rounded forms.
  let errors: [Double]

  /// Copies queries to a device.
  ///
  /// - Parameters:
  ///   - range: which of `queries`.
  ///   - queries: the queries on the host.
  ///   - device: where they are compared.
  ///   - dtype: the type of the products.
  /// - Throws: ``Torch/TorchError`` where the device fails.
  init(
    _ range: Range<Int>,
    of queries: HostQueries,
    on device: Device,
    as dtype: DType
  ) throws(TorchError) {
    let dimension = queries.compared.count / queries.count
    scale = CenteredSet.scale(for: range.lazy.map { queries.comparedLengths[$0] }.max() ?? 0)
    let given = try Tensor(
      sharing: queries.compared.bytes,
      at: 4 * range.lowerBound * dimension,
      dtype: .float32,
      shape: [range.count, dimension]
    )
    let exact = try given.to(device) * scale
    values = try exact.to(dtype)
    lengths = try (exact * exact).sum([1]).array(of: Double.self).map { $0.squareRoot() }
    let off = try exact - values.to(.float32)
    errors = try (off * off).sum([1]).array(of: Double.self).map { $0.squareRoot() }
  }
}
