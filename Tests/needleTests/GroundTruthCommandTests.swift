import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct GroundTruthCommandTests {
  @Test(arguments: Metric.allCases)
  func equalsBruteForce(_ metric: Metric) throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.fvecs", count: 300)
    let queries = try folder.vectors("queries.fvecs", count: 20, seed: 2)
    let result = try NeedleCommand.run(
      ["ground-truth"],
      [
        "--vectors": vectors, "--queries": queries, "--k": "7", "--metric": metric.rawValue,
        "--out": folder.path("truth.ivecs"), "--distances": folder.path("truth.fvecs"),
      ],
      "--json"
    )
    #expect(result.code == 0, "\(result.errors)")
    #expect(try result.json()["queries"] as? Int == 20)
    let rows = try IntegerRows.open(folder.path("truth.ivecs"))
    let scores = try FloatRows.open(folder.path("truth.fvecs"))
    let base = seededValues(count: 300, dimension: 8, seed: 1)
    let asked = seededValues(count: 20, dimension: 8, seed: 2)
    for query in 0..<20 {
      let expected = referenceNeighbors(
        of: Array(asked[query * 8..<query * 8 + 8]),
        among: base,
        k: 7,
        metric
      )
      #expect(Array(rows[query]) == expected.map(\.row))
      for (score, neighbor) in zip(scores[query], expected) {
        #expect(abs(Double(score) - neighbor.score) <= 1e-4 * max(1, abs(neighbor.score)))
      }
    }
  }

  /// A GPU that is not there, by number and by name.
  @Test func devicesThatAreNotThere() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 30)
    for device in ["cuda:99", "cuda:0,cuda:99", "cpu,cpu", "tpu"] {
      let result = try NeedleCommand.run(
        ["ground-truth"],
        [
          "--vectors": vectors, "--queries": vectors, "--k": "3", "--device": device,
          "--out": folder.path("t.ivecs"),
        ]
      )
      #expect(result.code != 0 && result.errors.contains("torch: "), "\(device): \(result.errors)")
      #expect(try folder.names() == ["base.npy"])
    }
    let built = try NeedleCommand.run(
      ["index", "build"],
      [
        "--vectors": vectors, "--backend": "ivf", "--device": "auto",
        "--out": folder.path("i.needle"),
      ]
    )
    #expect(
      built.code == 0,
      "\(built.errors)"
    )
    let limited = try NeedleCommand.run(
      ["ground-truth"],
      [
        "--vectors": vectors, "--queries": vectors, "--k": "3", "--gpu-memory": "1G",
        "--out": folder.path("t.ivecs"),
      ]
    )
    expectFailure(limited, .usage, "--gpu-memory is for GPUs")
    let searched = try NeedleCommand.run(
      ["search"],
      [
        "--index": vectors, "--queries": vectors, "--device": "cuda",
        "--out": folder.path("t.ivecs"),
      ]
    )
    expectFailure(searched, .usage, "--device and --gpu-memory are for --vectors")
  }

  @Test func badRequests() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 30)
    let long = try folder.vectors("long.npy", count: 3, dimension: 9)
    func truth(_ queries: String, _ k: String, _ out: String) throws -> CommandResult {
      try NeedleCommand.run(
        ["ground-truth"],
        ["--vectors": vectors, "--queries": queries, "--k": k, "--out": folder.path(out)]
      )
    }
    expectFailure(try truth(vectors, "0", "t.ivecs"), .usage, "at least 1")
    expectFailure(try truth(vectors, "31", "t.ivecs"), .usage, "30 vectors", vectors)
    expectFailure(try truth(long, "3", "t.ivecs"), .badData, long, vectors, "dimension 9")
    expectFailure(try truth(vectors, "3", "t.xyz"), .usage, "t.xyz", ".ivecs")
    expectFailure(try truth(folder.path("no.npy"), "3", "t.ivecs"), .missingInput, "no.npy")
    #expect(try folder.names() == ["base.npy", "long.npy"])
  }
}
