import CFakeCuVS
import CuVSIndexes
import FlatIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// Indexes of cuVS, on a cuVS that computes on the host.
@Suite(.serialized) struct CuVSIndexTests {
  private static let dimension = 12
  private static let base = seededVectors(count: 300, dimension: dimension, seed: 1, name: "base")
  private static let queries = seededVectors(
    count: 20,
    dimension: dimension,
    seed: 2,
    name: "queries"
  )

  private func build(
    _ place: Int,
    _ metric: Metric,
    _ vectors: VectorSet = CuVSIndexTests.base
  ) throws -> any StoredIndex {
    try backends[place].backend.makeIndex(
      over: vectors,
      parameters: backends[place].parameters,
      options: BuildOptions(metric: metric)
    )
  }

  @Test(arguments: 0..<3, Metric.allCases)
  func answersAreThoseOfFlat(_ place: Int, _ metric: Metric) throws {
    let flat = try FlatBackend.makeIndex(over: Self.base, options: BuildOptions(metric: metric))
    let expected = try flat.search(Self.queries, k: 10)
    try FakeCuVS.run {
      let index = try build(place, metric)
      let found = try index.search(Self.queries, k: 10, threads: 2)
      #expect(found.ids == expected.ids)
      #expect(zip(found.scores, expected.scores).allSatisfy { abs($0 - $1) < 1e-4 })
      // Scores of vectors that are kept are those of `flat` to the bit.
      if place < 2 { #expect(found.scores == expected.scores) }
    }
    #expect(fake_cuvs_living() == 0)
  }

  @Test(arguments: 0..<3)
  func aStoredIndexNeedsAGPUForSearchesOnly(_ place: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("index.needle")
    let expected = try FakeCuVS.run {
      let index = try build(place, .cosine)
      try IndexFile.write(index, to: path, compress: place == 1)
      return try index.search(Self.queries, k: 5)
    }
    let sum = fake_cuvs_graph_sum()
    // Opened without a library, and searched with one.
    let opened = try IndexFile.open(path).index(using: [backends[place].backend])
    #expect(opened.summary.count == 300)
    try FakeCuVS.run {
      let found = try opened.search(Self.queries, k: 5)
      #expect(found.ids == expected.ids && found.scores == expected.scores)
      #expect(fake_cuvs_graph_sum() == sum)
    }
  }

  @Test func withoutCuVSTheErrorSaysWhatToInstall() throws {
    let error = #expect(throws: CuVSError.self) {
      try CuVSLibrary.open(at: "/nowhere/libcuvs_c.so")
    }
    #expect(error?.code == .notFound && error?.kind == .missingInput)
    #expect(error?.description.contains("pip install libcuvs-cu13") == true)
    // A library that is no cuVS.
    let other = #expect(throws: CuVSError.self) { try CuVSLibrary.open(at: "libc.so.6") }
    #expect(other?.code == .unusable)
    #expect(other?.description.contains("it is no cuVS") == true)
  }

  @Test(arguments: [(26, 8), (26, 9), (27, 2), (25, 12)])
  func otherReleasesAreRefused(_ year: UInt16, _ month: UInt16) throws {
    fake_cuvs_set_version(year, month, 0)
    defer { fake_cuvs_set_version(26, 10, 0) }
    let error = #expect(throws: CuVSError.self) { try FakeCuVS.run {} }
    #expect(error?.description.contains("26.10 or a later one of 2026 is needed") == true)
  }

  @Test func codesOfAnotherReleaseAreRefused() throws {
    let index = try FakeCuVS.run { try build(2, .innerProduct) }
    fake_cuvs_set_version(26, 12, 3)
    defer { fake_cuvs_set_version(26, 10, 0) }
    try FakeCuVS.run {
      let error = #expect(throws: CuVSError.self) { try index.search(Self.queries, k: 1) }
      #expect(error?.description.contains("built by cuVS 26.10.0, and this is 26.12.3") == true)
    }
  }

  /// Every function that can fail, while an index is built and searched.
  @Test(
    arguments: 0..<3,
    [
      "ResourcesCreate", "StreamSync", "DeviceIdGet", "RMMAlloc", "MatrixCopy", "DatasetMakePadded",
      "BruteForceIndexCreate", "BruteForceBuild", "BruteForceSearch", "CagraIndexParamsCreate",
      "CagraSearchParamsCreate", "CagraIndexCreate", "CagraBuild", "CagraIndexGetGraph",
      "CagraIndexFromArgs", "CagraUpdateDataset", "CagraSearch", "IvfPqIndexParamsCreate",
      "IvfPqSearchParamsCreate", "IvfPqIndexCreate", "IvfPqBuild", "IvfPqSearch", "IvfPqSerialize",
      "IvfPqDeserialize",
    ]
  )
  func failuresLeaveNothingBehind(_ place: Int, _ function: String) throws {
    do {
      try FakeCuVS.run(failing: function) {
        _ = try build(place, .squaredL2).search(Self.queries, k: 3)
      }
      // A function that this kind of index has no use for.
      let prefix = ["BruteForce", "Cagra", "IvfPq"][place]
      #expect(!function.hasPrefix(prefix))
    } catch let error as CuVSError {
      #expect(error.code == .refused)
      #expect(error.message.hasPrefix("\(function): fake cuVS: told to fail; an NVIDIA GPU"))
    }
    #expect(fake_cuvs_living() == 0)
  }

  @Test func fewVectors() throws {
    let few = seededVectors(count: 10, dimension: Self.dimension, seed: 1)
    try FakeCuVS.run {
      let found = try build(0, .cosine, few).search(Self.queries, k: 10)
      #expect(found.counts.allSatisfy { $0 == 10 })
      for place in [1, 2] {
        #expect(throws: IndexError.self) { try build(place, .cosine, few) }
      }
    }
  }

  @Test func linksThatLeadNowhereAreFound() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("index.needle")
    let report = try FakeCuVS.run {
      try IndexFile.write(build(1, .cosine), to: path, compress: false)
    }
    let links = try #require(report.sections.first { $0.name == "links" })
    var bytes = try folder.bytes("index.needle")
    bytes[links.offset + 3] = 0x7F
    try folder.file("index.needle", bytes)
    // The checksum would say so too; whoever forges a file writes a right one.
    #expect(throws: FileError.self) {
      try IndexFile.open(path, verification: .structure).index(using: [CuVSCagraBackend.self])
    }
  }

  @Test(arguments: 0..<3) func memoryIsEstimated(_ place: Int) throws {
    let (backend, parameters) = backends[place]
    let folder = try TemporaryFolder()
    let path = folder.path("index.needle")
    _ = try FakeCuVS.run { try IndexFile.write(build(place, .cosine), to: path, compress: false) }
    let memory = try #require(
      try backend.memory(
        count: 300,
        dimension: Self.dimension,
        parameters: parameters.resolved(against: backend.buildParameters, owner: backend.name),
        options: BuildOptions(metric: .cosine)
      )
    )
    // The stand-in keeps whole vectors where cuVS has codes.
    let written = try folder.bytes("index.needle").count
    if place < 2 { #expect(abs(memory.fileBytes - written) < 4_096) }
    #expect(memory.peakBytes >= 4 * 300 * Self.dimension)
  }
}
