import TestSupport
import Testing
import Torch
import VectorCore

@testable import DeviceSearch

/// Answers are those of `flat`, bit for bit, and the device gives nearly all of them.
@Suite(.needsLibtorch) struct DeviceIndexTests {
  private static let dimension = 24
  private static let count = 9_000
  private static let values = SyntheticVectors.clustered(count, dimension: dimension)
  private static let queries = SyntheticVectors.clustered(100, dimension: dimension, seed: 1_001)

  @Test(arguments: Metric.allCases, [DType.float32, .bfloat16])
  func theAnswersAreThoseOfFlat(metric: Metric, dtype: DType) throws {
    let pair = try DevicePair(Self.values, dimension: Self.dimension, metric, dtype: dtype)
    try pair.expectSameAnswers(Self.queries, k: [1, 10, 100])
    let seen = pair.observations
    #expect(seen["host_queries"] == 0, "\(seen)")
    if dtype == .float32 { #expect(seen["first_pass_queries"] == 300, "\(seen)") }
  }

  @Test(arguments: Metric.allCases)
  func severalDevicesShareTheRows(metric: Metric) throws {
    let few = Array(Self.values[..<(130 * Self.dimension)])
    for values in [Self.values, few] {
      let pair = try DevicePair(
        values,
        dimension: Self.dimension,
        metric,
        devices: [.cpu, .cpu, .cpu]
      )
      try pair.expectSameAnswers(Self.queries, k: [1, 10, 130])
    }
  }

  /// Memory for some 1,000 rows at a time.
  @Test(arguments: Metric.allCases)
  func rowsThatDoNotFitComeInParts(metric: Metric) throws {
    let memory = 2 * 4 * 1_000 * Self.dimension
    let pair = try DevicePair(
      Self.values,
      dimension: Self.dimension,
      metric,
      devices: [.cpu, .cpu],
      memory: memory * 4
    )
    try pair.expectSameAnswers(Self.queries, k: [1, 10, 1_000])
    #expect(pair.observations["host_queries"] == 0)
  }

  @Test func moreNeighborsThanRowsOfABlock() throws {
    let pair = try DevicePair(Self.values, dimension: Self.dimension, .cosine)
    try pair.expectSameAnswers(Self.queries, k: [2_000, Self.count])
  }

  @Test(arguments: [1, 2, 63, 64, 65])
  func fewRows(count: Int) throws {
    let values = SyntheticVectors.uniform(count, dimension: 5)
    for metric in Metric.allCases {
      let pair = try DevicePair(values, dimension: 5, metric)
      try pair.expectSameAnswers(SyntheticVectors.uniform(9, dimension: 5, seed: 3), k: [1, count])
    }
  }

  /// A thousand rows alike: no number of candidates shows which of them are first.
  @Test(arguments: Metric.allCases)
  func equalRowsAreLeftToTheHost(metric: Metric) throws {
    let one = Array(Self.queries[..<Self.dimension])
    let values = Self.values + (0..<1_000).flatMap { _ in one }
    let pair = try DevicePair(values, dimension: Self.dimension, metric)
    try pair.expectSameAnswers(Self.queries, k: [10])
    let seen = pair.observations
    #expect(seen["host_queries", default: 0] >= 1, "\(seen)")
    #expect(seen["first_pass_queries", default: 0] >= 80, "\(seen)")
  }

  @Test func noQueries() throws {
    let pair = try DevicePair(Self.values, dimension: Self.dimension, .cosine)
    let found = try pair.device.nearestRows(to: [Float]().span, k: 3, parameters: [:], threads: 1)
    #expect(found.counts.isEmpty)
  }

  @Test func aMemoryThatHoldsNothingIsRefused() {
    #expect(throws: IndexError.self) {
      try DevicePair(Self.values, dimension: Self.dimension, .cosine, memory: 1_000)
    }
  }

  @Test func fullMemoryIsAnErrorWithARemedy() {
    func full() throws(TorchError) {
      try DeviceShard.withRemedy { () throws(TorchError) in
        throw TorchError(operation: "matmul", code: .outOfMemory, message: "shorter texts")
      }
    }
    let error = #expect(throws: TorchError.self) { try full() }
    #expect(error?.code == .outOfMemory)
    #expect(error?.message.contains("--gpu-memory") == true, "\(String(describing: error))")
  }

  @Test func whatFlatRefusesIsRefused() {
    var values = Self.values
    values[5] = .nan
    #expect(throws: IndexError.self) {
      try DevicePair(values, dimension: Self.dimension, .innerProduct)
    }
    let empty = VectorSet([], dimension: 3)
    #expect(throws: IndexError.self) {
      try DeviceIndex(over: empty, metric: .cosine, devices: [.cpu])
    }
  }
}
