import ClusterIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// What a search promises: the same bits however it is cut, and more for more work.
@Suite struct IVFSearchTests {
  private static let dimension = 20
  private static let values = SyntheticVectors.clustered(3_000, dimension: 20, clusters: 150)
  private static let queries = SyntheticVectors.clustered(
    300,
    dimension: 20,
    clusters: 150,
    seed: 7
  )

  private func index(_ metric: Metric, _ parameters: Parameters = [:]) throws -> any StoredIndex {
    try ivf(Self.values, dimension: Self.dimension, metric, parameters)
  }

  @Test(
    arguments: Metric.allCases,
    [[:], ["margin": 0], ["margin": 5, "rerank": 300], ["nprobe": 3], ["nprobe": 1_000]]
      as [Parameters]
  )
  func batchesAndThreadsChangeNoBit(metric: Metric, parameters: Parameters) throws {
    let index = try index(metric)
    let d = Self.dimension
    for k in [1, 10, 100] {
      let all = try index.search(Self.queries.span, k: k, parameters: parameters)
      for threads in [2, 3] {
        let found = try index.search(
          Self.queries.span,
          k: k,
          parameters: parameters,
          threads: threads
        )
        #expect(identical(found, all), "\(threads) threads")
      }
      for batch in [1, 2, 7, 64] {
        for first in stride(from: 0, to: 300, by: 75) where first + batch <= 300 {
          let some = Array(Self.queries[first * d..<(first + batch) * d])
          for threads in [1, 3] {
            let found = try index.search(
              some.span,
              k: k,
              parameters: parameters,
              threads: threads
            )
            for query in 0..<batch {
              #expect(found[query] == all[first + query], "batch of \(batch) at \(first)")
            }
          }
        }
      }
    }
  }

  @Test(arguments: Metric.allCases)
  func allListsAreAllWithinTheMargin(metric: Metric) throws {
    let index = try index(metric)
    let count = try listSizes(index).count
    #expect(count > 50)
    for rerank in [10, 100, 3_000] {
      let margin = try index.search(
        Self.queries.span,
        k: 10,
        parameters: ["margin": 1_000, "rerank": .integer(rerank)]
      )
      for nprobe in [count, count + 1, 1_048_576] {
        let probes = try index.search(
          Self.queries.span,
          k: 10,
          parameters: ["nprobe": .integer(nprobe), "rerank": .integer(rerank)]
        )
        #expect(identical(margin, probes))
      }
    }
  }

  @Test(arguments: Metric.allCases)
  func moreWorkFindsMore(metric: Metric) throws {
    // Without clusters of their own the vectors' neighbours lie across the lists' borders.
    let values = SyntheticVectors.uniform(3_000, dimension: 8)
    let queries = SyntheticVectors.uniform(300, dimension: 8, seed: 7)
    let index = try ivf(values, dimension: 8, metric, ["nlist": 150])
    let truth = try flat(values, dimension: 8, metric).search(queries.span, k: 10)
    func recalls(_ name: String, _ settings: [ParameterValue]) throws -> [Double] {
      try settings.map { setting in
        let found = try index.search(
          queries.span,
          k: 10,
          parameters: [name: setting, "rerank": 40]
        )
        return recall(found, truth)
      }
    }
    for (name, settings) in [
      ("margin", [1, 1.5, 2, 3, 4, 1_000]), ("nprobe", [1, 2, 4, 16, 64, 150]),
    ] as [(String, [ParameterValue])] {
      let seen = try recalls(name, settings)
      #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 <= $1 + 0.002 }, "\(name): \(seen)")
      #expect(seen[0] < 0.95, "\(name): \(seen)")
      #expect(seen[5] > 0.99, "\(name): \(seen)")
    }
    let few = try index.search(queries.span, k: 10, parameters: ["margin": 9, "rerank": 10])
    let many = try index.search(queries.span, k: 10, parameters: ["margin": 9, "rerank": 60])
    #expect(recall(few, truth) < recall(many, truth))
  }

  @Test(arguments: Metric.allCases)
  func kBeyondTheListsThatAreScanned(metric: Metric) throws {
    let index = try index(metric, ["nlist": 150])
    let sizes = Set(try listSizes(index))
    let probed = try index.search(Self.queries.span, k: 3_000, parameters: ["nprobe": 1])
    // One list is scanned, and all of it comes back.
    #expect(probed.counts.allSatisfy { sizes.contains($0) && $0 > 0 })
    #expect(Set(probed.counts).count > 1)
    for query in 0..<300 {
      let neighbors = probed[query]
      #expect(Set(neighbors.map(\.id)).count == neighbors.count)
      for (near, far) in zip(neighbors, neighbors.dropFirst()) {
        #expect(metric.largerIsNearer ? near.score >= far.score : near.score <= far.score)
      }
    }
    // A margin is widened until there are enough.
    for k in [100, 1_000, 3_000] {
      let found = try index.search(Self.queries.span, k: k, parameters: ["margin": 0])
      #expect(found.counts.allSatisfy { $0 == k })
    }
  }

  @Test func moreListsThanAreAskedForAtOnce() throws {
    // Searches of several sizes in turn go through the same kept workers.
    let index = try index(.cosine)
    let d = Self.dimension
    let all = try index.search(Self.queries.span, k: 50)
    for (batch, k) in [(3, 1), (300, 1_000), (1, 50), (300, 50), (7, 3_000), (64, 50)] {
      let some = Array(Self.queries[..<(batch * d)])
      let found = try index.search(some.span, k: k, threads: 2)
      guard k == 50 else { continue }
      for query in 0..<batch { #expect(found[query] == all[query]) }
    }
  }

  @Test func badParametersAreRefused() throws {
    let index = try index(.cosine)
    for (name, value) in [
      ("nprobe", -1), ("nprobe", 1_048_577), ("nprobe", 1.5), ("nprobe", "many"), ("margin", -0.1),
      ("margin", 1_001), ("margin", .real(.nan)), ("margin", .real(.infinity)), ("margin", "wide"),
      ("rerank", -1), ("rerank", 65_537), ("rerank", "f32"),
    ] as [(String, ParameterValue)] {
      let error = #expect(throws: IndexError.self, "\(name)=\(value)") {
        try index.search(Self.queries.span, k: 1, parameters: [name: value])
      }
      guard case .invalidParameter(name, _, _) = error else {
        Issue.record("\(name)=\(value): \(String(describing: error))")
        continue
      }
    }
    for (name, value) in [
      ("nlist", -1), ("nlist", 1_048_577), ("nlist", 2.5), ("rerank", "f64"), ("rerank", 16),
    ] as [(String, ParameterValue)] {
      #expect(throws: IndexError.self, "\(name)=\(value)") {
        try ivf(Self.values, dimension: Self.dimension, .cosine, [name: value])
      }
    }
    #expect(
      throws: IndexError.unknownParameter(name: "M", owner: "ivf", known: ["nlist", "rerank"])
    ) {
      try ivf(Self.values, dimension: Self.dimension, .cosine, ["M": 16])
    }
  }

  @Test func halvesAreChosenWhereTheirRangeSuffices() throws {
    for (scale, kind) in [
      (1, "f16"), (50_000, "f16"), (70_000, "f32"), (0.01, "f16"), (1e-4, "f32"),
    ] as [(Float, ParameterValue)] {
      let values = SyntheticVectors.uniform(60, dimension: 8).map { $0 * scale }
      let index = try ivf(values, dimension: 8, .squaredL2, [:])
      #expect(index.summary.parameters["rerank"] == kind, "\(scale)")
    }
  }

  /// Vectors whose norms no float holds: any answer, no trap.
  @Test(arguments: [Metric.innerProduct, .squaredL2], ["1e18", "1e20", "1e30", "3e38"])
  func overflowIsNoTrap(metric: Metric, size: String) throws {
    let scale = try #require(Float(size))
    for dimension in [1, 2, 3, 4, 7, 16, 33] {
      let noise = SyntheticVectors.uniform(200, dimension: dimension)
      for part in [1, 2, 9] {
        let values = noise.enumerated().map {
          $1 * (($0 / dimension).isMultiple(of: part) ? scale : 1)
        }
        let queries =
          Array(noise[..<(3 * dimension)]) + Array(values[..<(3 * dimension)])
          + (0..<dimension).map { $0.isMultiple(of: 2) ? scale : -scale }
        let index = try ivf(values, dimension: dimension, metric, ["nlist": 5])
        for parameters: Parameters in [[:], ["nprobe": 2], everything] {
          let found = try index.search(queries.span, k: 10, parameters: parameters)
          #expect(found.ids.allSatisfy { $0 < 200 })
        }
      }
    }
  }
}
