internal import FlatIndex
internal import Torch
internal import VectorCore

/// The rows that one device compares with every query: kept there where they fit, else brought there
/// part by part for every call.
struct DeviceShard: Sendable {
  private let device: Device
  private let dtype: DType
  private let set: CenteredSet
  private let parts: [Range<Int>]
  /// The rows, where there is one part.
  private let resident: DeviceRows?
  /// Queries that are compared at a time.
  let batch: Int

  /// Most bytes of scores at a time: more would not keep a device busier.
  private static let mostScoreBytes = 1 << 30
  private static let batches = 64...4_096

  /// - Parameters:
  ///   - rows: of the set; not empty.
  ///   - set: the set.
  ///   - device: where they are compared.
  ///   - dtype: the type of the products.
  ///   - memory: bytes that may be taken there.
  /// - Throws: ``VectorCore/IndexError`` for a memory that holds nothing, ``Torch/TorchError`` where the
  ///   device fails.
  init(
    _ rows: Range<Int>,
    of set: CenteredSet,
    on device: Device,
    as dtype: DType,
    memory: Int
  ) throws {
    self.device = device
    self.dtype = dtype
    self.set = set
    let metric = set.rows.metric
    // Half for rows, the other half for the scores of two batches and what is sorted out of them.
    let rowBytes = DeviceRows.byteCount(dimension: set.dimension, dtype, metric)
    let scoreBytes = DeviceRows.scoreBytes(dtype, metric)
    let room = min(memory / 8, Self.mostScoreBytes)
    let most = min(memory / 2 / rowBytes, room / scoreBytes / Self.batches.lowerBound)
    guard most >= DeviceRows.block else {
      throw IndexError.invalidParameter(
        name: "memory of \(device)",
        value: "\(memory)",
        allowed: "enough for some rows and their scores, such as \(1 << 30)"
      )
    }
    let length = most / DeviceRows.block * DeviceRows.block
    parts = stride(from: rows.lowerBound, to: rows.upperBound, by: length).map {
      $0..<min($0 + length, rows.upperBound)
    }
    let longest = min(length, rows.count)
    batch = min(Self.batches.upperBound, max(1, room / (longest * scoreBytes)))
    resident = parts.count == 1 ? try DeviceRows(rows, of: set, on: device, as: dtype) : nil
  }

  /// Whether no call brings rows to the device.
  var isResident: Bool { resident != nil }

  /// Compares queries with all rows.
  ///
  /// - Parameters:
  ///   - queries: any number.
  ///   - width: candidates for each query and part.
  ///   - found: called with the candidates of some queries after the other, part by part.
  /// - Throws: ``Torch/TorchError`` where the device fails.
  func screen(
    _ queries: HostQueries,
    width: Int,
    found: (DeviceScreen, ScreenRadius, _ first: Int) -> Void
  ) throws {
    let dimension = set.dimension
    for part in parts {
      let rows = try resident ?? DeviceRows(part, of: set, on: device, as: dtype)
      for start in stride(from: 0, to: queries.count, by: batch) {
        let range = start..<min(start + batch, queries.count)
        let values = queries.compared[range.lowerBound * dimension..<range.upperBound * dimension]
        let asked = try DeviceQueries(Array(values), count: range.count, on: device, as: dtype)
        let screen = try DeviceScreen(asked, rows, width: width)
        found(screen, ScreenRadius(queries.slice(range), asked, rows, of: set), start)
      }
    }
  }
}
