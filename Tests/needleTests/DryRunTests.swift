import Foundation
import Needletail
import TestSupport
import Testing

/// What `index build` says beforehand, and whether it is so.
@Suite struct DryRunTests {
  @Test(arguments: backends.map { $0.name })
  func saysWhatIsToComeAndWritesNothing(_ name: String) throws {
    let folder = try TemporaryFolder()
    let options: KeyValuePairs = [
      "--vectors": RealVectors.base, "--backend": name, "--metric": "l2",
      "--out": folder.path("index"), "--threads": "2",
    ]
    let words = try NeedleCommand.run(["index", "build"], options, "--dry-run")
    #expect(words.code == 0, "\(words.errors)")
    #expect(words.errors.isEmpty)
    for part in [name, "l2", "4,000 x 50", "index file", "memory to build", "memory to search"] {
      #expect(words.output.contains(part), "'\(part)' is missing in: \(words.output)")
    }
    let result = try NeedleCommand.run(["index", "build"], options, "--dry-run", "--json")
    #expect(result.code == 0, "\(result.errors)")
    #expect(try folder.names().isEmpty)
    let estimate = try result.json()
    let peak = try #require(estimate["peak"] as? [[String: Any]])
    #expect(
      peak.reduce(0) { $0 + (($1["bytes"] as? Int) ?? 0) } == estimate["peak_bytes"] as? Int
    )
    let real = try NeedleCommand.run(["index", "build"], options, "--json").json()
    let ratio =
      Double(try #require(estimate["file_bytes"] as? Int))
      / Double(try #require(real["file_bytes"] as? Int))
    #expect((0.95...1.05).contains(ratio), "\(ratio)")
  }

  @Test(arguments: [
    "flat", "flat:first=int8", "ivf", "ivf:rerank=f32", "hnsw:M=8,efConstruction=20",
    "hnsw:layout=fat,efConstruction=20", "hnsw:codec=leanvec,rerank=none,efConstruction=10",
    "faiss-flat",
    "faiss-ivfpq:nlist=256,niter=2,pq_niter=2",
    "faiss-ivfpq:niter=2,pq_niter=2,max_points_per_centroid=16",
    "faiss-hnsw:M=8,efConstruction=20",
  ])
  func memoryIsAsEstimated(_ specification: String) throws {
    let folder = try TemporaryFolder()
    let (count, dimension) = (100_000, 64)
    let values = SyntheticVectors.clustered(count, dimension: dimension, clusters: 200)
    try FloatRows(values, columns: dimension).write(to: folder.path("base.npy"), as: .float16)
    let options: KeyValuePairs = [
      "--vectors": folder.path("base.npy"), "--backend": specification, "--metric": "cosine",
      "--out": folder.path("index"), "--threads": "2",
    ]
    let plan = try NeedleCommand.run(["index", "build"], options, "--dry-run", "--json").json()
    let result = try NeedleCommand.run(["index", "build"], options, "--json")
    #expect(result.code == 0, "\(result.errors)")
    let report = try result.json()
    let estimate = Double(try #require(plan["peak_bytes"] as? Int))
    // The pages of the mapped set count for the kernel, but not for the estimate.
    let peak = Double(try #require(report["peak_bytes"] as? Int) - 2 * count * dimension)
    #expect((0.5...1.3).contains(peak / estimate), "\(peak) of \(estimate): \(peak / estimate)")
  }

  @Test func tooLittleMemoryIsAWarning() throws {
    let folder = try TemporaryFolder()
    // A header, and a hole of 512 GB behind it that takes no room.
    let small = try folder.vectors("base.fbin", count: 1)
    let header: [UInt8] = [0, 0x65, 0xCD, 0x1D, 0, 1, 0, 0]
    try folder.file("base.fbin", header)
    let file = try #require(FileHandle(forWritingAtPath: small))
    try file.truncate(atOffset: 8 + 500_000_000 * 256 * 4)
    try file.close()
    let options: KeyValuePairs = [
      "--vectors": small, "--backend": "ivf:rerank=f32", "--out": folder.path("index"),
    ]
    let result = try NeedleCommand.run(["index", "build"], options, "--dry-run")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.contains("500,000,000 x 256"))
    #expect(result.failures.count == 1)
    for part in ["warning", "of memory", "are available", "rerank=residual"] {
      #expect(result.errors.contains(part), "'\(part)' is missing in: \(result.errors)")
    }
    #expect(try folder.names() == ["base.fbin"])
  }

  @Test func badRequestsAreFoundAsByABuild() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 30)
    func plan(_ backend: String, _ vectors: String, _ out: String) throws -> CommandResult {
      try NeedleCommand.run(
        ["index", "build"],
        ["--vectors": vectors, "--backend": backend, "--out": folder.path(out)],
        "--dry-run"
      )
    }
    expectFailure(try plan("hsnw", vectors, "i"), .usage, "no backend")
    expectFailure(try plan("faiss-ivfpq:m=3", vectors, "i"), .usage, "m=3", "divisor")
    expectFailure(try plan("faiss-ivfpq:nlist=31", vectors, "i"), .badData, "nlist=31")
    expectFailure(try plan("flat", folder.path("no.npy"), "i"), .missingInput, "no.npy")
    expectFailure(try plan("flat", vectors, "no/i"), .inputOutput, "no/i")
    expectFailure(try plan("flat", vectors, "base.npy"), .usage, "--out", "--vectors")
    let none = try folder.vectors("none.npy", [], dimension: 4)
    expectFailure(try plan("flat", none, "i"), .badData, "no vectors")
    #expect(try folder.names() == ["base.npy", "none.npy"])
  }
}
