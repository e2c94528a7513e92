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

  /// Batches that may be on their way at a time.
  static let waves = 3
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
    // Half for rows, the other half for the scores of all waves and what is sorted out of them.
    let rowBytes = DeviceRows.byteCount(dimension: set.dimension, dtype, metric)
    let scoreBytes = DeviceRows.scoreBytes(dtype, metric)
    let room = min(memory / (4 * Self.waves), Self.mostScoreBytes)
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
    resident =
      parts.count == 1
      ? try Self.withRemedy { () throws(TorchError) in
        try DeviceRows(rows, of: set, on: device, as: dtype)
      } : nil
  }

  /// Whether no call brings rows to the device.
  var isResident: Bool { resident != nil }

  /// Compares queries with all rows.
  ///
  /// - Parameters:
  ///   - queries: any number.
  ///   - width: candidates for each query and part.
  /// - Returns: the candidates of some queries after the other, part by part.
  /// - Throws: ``Torch/TorchError`` where the device fails.
  func screen(
    _ queries: HostQueries,
    width: Int
  ) throws(TorchError) -> [CandidateLists.Entry] {
    try Self.withRemedy { () throws(TorchError) in try screenAll(queries, width: width) }
  }

  private func screenAll(
    _ queries: HostQueries,
    width: Int
  ) throws(TorchError) -> [CandidateLists.Entry] {
    var found: [CandidateLists.Entry] = []
    for part in parts {
      let rows =
        if let resident { resident } else {
          try DeviceRows(part, of: set, on: device, as: dtype)
        }
      for start in stride(from: 0, to: queries.count, by: batch) {
        let range = start..<min(start + batch, queries.count)
        let asked = try DeviceQueries(range, of: queries, on: device, as: dtype)
        found.append(
          CandidateLists.Entry(
            queries: range,
            screen: try DeviceScreen(asked, rows, width: width),
            radius: ScreenRadius(queries, range, asked, rows, of: set)
          )
        )
      }
    }
    return found
  }

  /// Says what helps where a device's memory does not suffice: it is not what helps a model.
  static func withRemedy<Result>(
    _ body: () throws(TorchError) -> Result
  ) throws(TorchError) -> Result {
    do throws(TorchError) {
      return try body()
    } catch {
      guard error.code == .outOfMemory else { throw error }
      throw TorchError(
        operation: "exact search",
        code: .outOfMemory,
        message:
          "a device's memory does not suffice in \(error.operation); let exact search take less "
          + "of it, by --gpu-memory, or use another device"
      )
    }
  }
}
