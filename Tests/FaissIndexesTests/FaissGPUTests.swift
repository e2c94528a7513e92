import CFakeFaissGPU
import FaissIndexes
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Indexes on GPUs, on GPUs that the host plays; one test at a time, since they are the process's.
@Suite(.serialized) struct FaissGPUTests {
  private static let dimension = 16
  private static let base = gaussian(count: 900, dimension: dimension)
  private static let queries = VectorSet(
    gaussian(count: 30, dimension: dimension, seed: 2),
    dimension: dimension
  )
  private static let cells: Parameters = ["nlist": 12, "m": 8, "nbits": 6]

  private func withGPUs<Result>(
    _ count: Int32,
    failing error: String? = nil,
    _ body: () throws -> Result
  ) throws -> Result {
    defer { fake_faiss_gpus(0, nil) }
    guard let error else {
      fake_faiss_gpus(count, nil)
      return try body()
    }
    return try unsafe error.withCString { text in
      unsafe fake_faiss_gpus(count, text)
      return try body()
    }
  }

  private func build(
    _ backend: any IndexBackend.Type,
    _ metric: Metric,
    on gpu: GPUPlace? = nil
  ) throws -> any StoredIndex {
    try backend.makeIndex(
      over: VectorSet(Self.base, dimension: Self.dimension),
      parameters: backend == FaissIVFPQBackend.self ? Self.cells : [:],
      options: BuildOptions(metric: metric, threads: 2, gpu: gpu)
    )
  }

  @Test(arguments: Metric.allCases, [false, true])
  func flatGivesTheSameAnswers(_ metric: Metric, usesHalf: Bool) throws {
    let index = try build(FaissFlatBackend.self, metric)
    let expected = try index.search(Self.queries, k: 10)
    try withGPUs(2) {
      let place = GPUPlace(ordinal: 1, usesHalf: usesHalf, scratchBytes: 1 << 20)
      let copy = try index.onGPU(place)
      #expect(copy.summary == index.summary && copy.ids == index.ids)
      #expect(fake_faiss_arrivals() == 1 && fake_faiss_device() == 1)
      #expect(fake_faiss_half() == usesHalf && fake_faiss_scratch() == 1 << 20)
      for threads in [1, 3] {
        let found = try copy.search(Self.queries, k: 10, threads: threads)
        #expect(found.ids == expected.ids && found.scores == expected.scores)
      }
      // All rows, of which fewer are proposed than there are.
      let all = try copy.search(Self.queries, k: 900)
      #expect(all.ids == (try index.search(Self.queries, k: 900)).ids)
    }
  }

  @Test(arguments: Metric.allCases)
  func cellsGiveTheSameAnswers(_ metric: Metric) throws {
    let index = try build(FaissIVFPQBackend.self, metric)
    try withGPUs(1) {
      let copy = try index.onGPU(GPUPlace(ordinal: 0))
      for nprobe in [1, 4, 100] {
        let setting: Parameters = ["nprobe": .integer(nprobe)]
        let expected = try index.search(Self.queries, k: 10, parameters: setting)
        let found = try copy.search(Self.queries, k: 10, parameters: setting)
        #expect(found.counts == expected.counts)
        #expect(recall(found, expected) > 0.99)
      }
      let error = #expect(throws: FaissError.self) {
        try copy.search(Self.queries, k: 10, parameters: ["max_codes": 100])
      }
      #expect(error?.message.contains("max_codes is not for GPUs") == true)
    }
  }

  @Test(arguments: Metric.allCases)
  func cellsAreBuiltOnAGPU(_ metric: Metric) throws {
    let folder = try TemporaryFolder()
    let host = try build(FaissIVFPQBackend.self, metric)
    try IndexFile.write(host, to: folder.path("host"), compress: false)
    try withGPUs(1) {
      let built = try build(FaissIVFPQBackend.self, metric, on: GPUPlace(ordinal: 0))
      // Centroids for k-means, and the codes; these come back.
      #expect(fake_faiss_arrivals() == 2 && fake_faiss_returns() == 1)
      try IndexFile.write(built, to: folder.path("gpu"), compress: false)
      // What the host plays computes as the host does.
      #expect(try folder.bytes("gpu") == folder.bytes("host"))
      let found = try built.search(Self.queries, k: 10)
      #expect(found.ids == (try host.search(Self.queries, k: 10)).ids)
    }
  }

  @Test func curveAndAttributesStay() throws {
    let index = try build(FaissIVFPQBackend.self, .cosine)
    let table = AttributeTable(count: 900, columns: [])
    let curve = RecallCurve(
      parameter: "nprobe",
      target: 0.9,
      queryCount: 10,
      querySource: .given,
      tables: [
        RecallCurve.Table(
          k: 10,
          points: [.init(value: .integer(4), recall: 0.95, lowerBound: 0.92)]
        )
      ]
    )
    let whole = TunedIndex(AttributedIndex(index, attributes: table), curve: curve)
    try withGPUs(1) {
      let copy = try #require(try whole.onGPU(GPUPlace(ordinal: 0)) as? TunedIndex)
      #expect(copy.curve == curve && copy.attributeTable == table)
      let found = try copy.search(Self.queries, k: 10, parameters: ["recall": 0.9])
      let expected = try index.search(Self.queries, k: 10, parameters: ["nprobe": 4])
      #expect(recall(found, expected) > 0.99)
      #expect(fake_faiss_arrivals() == 1)
    }
  }

  @Test func withoutGPUsTheErrorSaysWhatToDo() throws {
    let index = try build(FaissFlatBackend.self, .cosine)
    let none = #expect(throws: FaissError.self) { try index.onGPU(GPUPlace(ordinal: 0)) }
    #expect(none?.code == .noGPU && none?.kind == .usage)
    #expect(none?.message.contains("with the trait FaissGPU") == true)
    let building = #expect(throws: FaissError.self) {
      try build(FaissIVFPQBackend.self, .cosine, on: GPUPlace(ordinal: 0))
    }
    #expect(building?.code == .noGPU && building?.operation == "train")
    try withGPUs(1) {
      let other = #expect(throws: FaissError.self) { try index.onGPU(GPUPlace(ordinal: 1)) }
      #expect(other?.message.contains("no GPU 1 among 1; name another") == true)
    }
  }

  @Test func failuresAreErrors() throws {
    let index = try build(FaissFlatBackend.self, .cosine)
    let full = "Error in alloc: Failed to cudaMalloc 99 bytes (error 2 out of memory)"
    try withGPUs(1, failing: full) {
      let error = #expect(throws: FaissError.self) { try index.onGPU(GPUPlace(ordinal: 0)) }
      #expect(error?.code == .outOfMemory)
      #expect(error?.message.contains("99 bytes") == true)
      #expect(error?.message.contains("half precision") == true)
    }
    try withGPUs(1, failing: "CUDA error 77") {
      let error = #expect(throws: FaissError.self) {
        try build(FaissIVFPQBackend.self, .cosine, on: GPUPlace(ordinal: 0))
      }
      #expect(error?.code == .refused && error?.message.contains("CUDA error 77") == true)
    }
  }

  @Test func whatIsBeyondAGPUIsRefused() throws {
    let many = gaussian(count: 2_100, dimension: 2)
    let index = try FaissFlatBackend.makeIndex(
      over: VectorSet(many, dimension: 2),
      options: BuildOptions(metric: .squaredL2)
    )
    let graph = try build(FaissHNSWBackend.self, .cosine)
    try withGPUs(1) {
      let copy = try index.onGPU(GPUPlace(ordinal: 0))
      let one = VectorSet([1, 2], dimension: 2)
      #expect(try copy.search(one, k: 2_048).counts == [2_048])
      let error = #expect(throws: FaissError.self) { try copy.search(one, k: 2_049) }
      #expect(error?.message.contains("k is at most 2048 on a GPU, not 2049") == true)
      let refused = #expect(throws: FaissError.self) { try graph.onGPU(GPUPlace(ordinal: 0)) }
      #expect(refused?.message.contains("no such index on a GPU") == true)
    }
  }

  @Test func namesOfGPUs() throws {
    #expect(try GPUPlace(named: "cuda") == GPUPlace(ordinal: 0))
    #expect(try GPUPlace(named: "cuda:3", usesHalf: true) == GPUPlace(ordinal: 3, usesHalf: true))
    for name in ["", "cpu", "cuda:", "cuda:-1", "cuda:0,cuda:1", "gpu", "cuda:x"] {
      #expect(throws: IndexError.self) { try GPUPlace(named: name) }
    }
  }
}
