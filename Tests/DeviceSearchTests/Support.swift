import DeviceSearch
import FlatIndex
import IndexStore
import TestSupport
import Testing
import Torch
import VectorCore

extension Trait where Self == ConditionTrait {
  /// For tests that need libtorch, whose CPU stands in for a GPU.
  static var needsLibtorch: Self {
    #if Torch
    let isBuilt = true
    #else
    let isBuilt = false
    #endif
    return .enabled(if: isBuilt, "built without libtorch: use --traits Torch")
  }
}

/// The same vectors in an index of the host and in one whose first pass a device makes.
struct DevicePair {
  let host: any StoredIndex
  let device: DeviceIndex

  init(
    _ values: [Float],
    dimension: Int,
    _ metric: Metric,
    devices: [Device] = [.cpu],
    dtype: DType? = nil,
    memory: Int? = nil
  ) throws {
    let set = VectorSet(values, dimension: dimension)
    host = try FlatBackend.makeIndex(over: set, options: BuildOptions(metric: metric))
    device = try DeviceIndex(
      over: set,
      metric: metric,
      devices: devices,
      dtype: dtype,
      memory: memory,
      threads: 2
    )
  }

  /// Queries by how they were answered.
  var observations: [String: Int] {
    Dictionary(uniqueKeysWithValues: device.observations.map { ($0.name, $0.count) })
  }

  /// Checks that both give the same rows, the same order and the same bits of every score.
  func expectSameAnswers(
    _ queries: [Float],
    k ks: [Int],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for k in ks {
      let truth = try host.search(queries.span, k: k, threads: 2)
      let found = try device.search(queries.span, k: k, threads: 2)
      #expect(
        found.counts == truth.counts && found.ids == truth.ids
          && found.scores.map(\.bitPattern) == truth.scores.map(\.bitPattern),
        "k \(k): \(observations)",
        sourceLocation: sourceLocation
      )
    }
  }
}
