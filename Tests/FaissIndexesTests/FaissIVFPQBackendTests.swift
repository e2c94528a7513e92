import FaissIndexes
import IndexStore
import Testing
import VectorCore

@Suite struct FaissIVFPQBackendTests {
  @Test(arguments: [(Metric.cosine, 0.80), (.innerProduct, 0.75), (.squaredL2, 0.80)])
  func findsRealNeighbors(metric: Metric, floor: Double) throws {
    let (base, queries) = try (GloVe.base(), GloVe.queries())
    let options = BuildOptions(metric: metric, threads: 2)
    let truth = try FaissFlatBackend.makeIndex(over: base, options: options)
      .search(queries.span, k: 10)
    let index = try FaissIVFPQBackend.makeIndex(
      over: base,
      parameters: ["nlist": 64, "m": 50],
      options: options
    )
    let all = try index.search(queries.span, k: 10, parameters: ["nprobe": 64])
    let few = try index.search(queries.span, k: 10, parameters: ["nprobe": 2])
    let measured = recall(all, truth)
    #expect(measured > floor, "\(metric): \(measured)")
    #expect(recall(few, truth) < measured)
  }

  @Test func recordsTheNumbersChosen() throws {
    let index = try build(
      FaissIVFPQBackend.self,
      gaussian(count: 400, dimension: 12),
      dimension: 12
    )
    #expect(index.summary.parameters.integer("nlist") == 80)
    #expect(index.summary.parameters.integer("m") == 6)
    #expect(index.summary.parameters.integer("nbits") == 8)
    #expect(index.summary.backend == "faiss-ivfpq")
  }

  @Test func sameBytesForAnyNumberOfThreads() throws {
    let base = gaussian(count: 3000, dimension: 32)
    let bytes = try [1, 1, 2, 3].map { threads in
      try serialized(
        build(
          FaissIVFPQBackend.self,
          base,
          dimension: 32,
          parameters: ["m": 2, "nlist": 20],
          threads: threads
        )
      )
    }
    #expect(bytes.allSatisfy { $0 == bytes[0] })
  }

  @Test func seedChangesTheIndex() throws {
    let base = gaussian(count: 1000, dimension: 8)
    let bytes = try [1, 2].map { seed in
      try serialized(build(FaissIVFPQBackend.self, base, dimension: 8, seed: seed))
    }
    #expect(bytes[0] != bytes[1])
  }

  @Test func fewCellsMayHoldFewerThanK() throws {
    let index = try build(
      FaissIVFPQBackend.self,
      gaussian(count: 300, dimension: 4),
      dimension: 4,
      parameters: ["nlist": 100]
    )
    let results = try index.search(
      gaussian(count: 50, dimension: 4, seed: 9).span,
      k: 100,
      parameters: ["nprobe": 1]
    )
    #expect(results.counts.allSatisfy { $0 < 100 })
    #expect(results.counts.contains { $0 > 0 })
  }

  @Test func maxCodesEndsTheSearch() throws {
    let index = try build(
      FaissIVFPQBackend.self,
      gaussian(count: 1000, dimension: 4),
      dimension: 4,
      parameters: ["nlist": 20]
    )
    let query = gaussian(count: 1, dimension: 4, seed: 9)
    let all = try index.search(query.span, k: 1000, parameters: ["nprobe": 20])
    let some = try index.search(
      query.span,
      k: 1000,
      parameters: ["nprobe": 20, "max_codes": 100]
    )
    #expect(all.counts == [1000])
    #expect((100..<600).contains(some.counts[0]))
  }

  @Test func unusableParametersAreErrors() throws {
    let base = gaussian(count: 300, dimension: 6)
    for parameters: Parameters in [
      ["nlist": 301], ["m": 4], ["nbits": 9], ["niter": 0], ["nprobe": 4], ["by_residual": 2],
    ] {
      #expect(throws: IndexError.self, "\(parameters)") {
        try build(FaissIVFPQBackend.self, base, dimension: 6, parameters: parameters)
      }
    }
    let index = try build(FaissIVFPQBackend.self, base, dimension: 6)
    for parameters: Parameters in [["nprobe": 0], ["nlist": 3], ["max_codes": -1]] {
      #expect(throws: IndexError.self, "\(parameters)") {
        try index.search(Array(base[..<6]).span, k: 1, parameters: parameters)
      }
    }
  }
}
