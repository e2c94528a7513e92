import Foundation
import Needletail
import TestSupport
import Testing

/// Kinds of index and parameters that `index build` chooses, and what it says of them.
@Suite struct ChoiceCommandTests {
  private func build(_ folder: TemporaryFolder, _ more: String) throws -> CommandResult {
    let line =
      "\"$needle\" index build --vectors \(RealVectors.base) --metric cosine --threads 2 "
      + "--out index "
    return try NeedleCommand.shell(line + more, in: folder)
  }

  @Test func choosesAKindAndSaysWhy() throws {
    let folder = try TemporaryFolder()
    let result = try build(folder, "--backend auto --recall 0.9 --for single")
    #expect(result.code == 0, "\(result.errors)")
    for part in [
      "single calls at recall 0.9", "candidate", "queries/s on 3,600", "expected on 4,000",
      "bytes/vector", "flat:first=int8", "ivf ", "hnsw ",
    ] {
      #expect(result.output.contains(part), "'\(part)' is missing in: \(result.output)")
    }
    let chosen = try openIndex(folder.path("index"))
    #expect(["flat", "ivf", "hnsw"].contains(chosen.summary.backend))
    #expect(result.output.hasPrefix(chosen.summary.backend))
    // What can be tuned was tuned.
    #expect((chosen is TunedIndex) == (chosen.summary.backend != "flat"))
  }

  @Test func theChoiceIsInTheReport() throws {
    let folder = try TemporaryFolder()
    let result = try build(folder, "--backend auto --json")
    #expect(result.code == 0, "\(result.errors)")
    let report = try result.json()
    let choice = try #require(report["choice"] as? [String: Any])
    #expect(choice["for"] as? String == "batch")
    #expect(choice["recall"] as? Double == 0.95)
    #expect(choice["sample"] as? Int == 3_600)
    #expect((choice["candidates"] as? [[String: Any]])?.count == 4)
    #expect((report["reason"] as? String)?.contains("in batches") == true)
    let phases = try #require(report["phases"] as? [String: Double])
    for name in ["flat", "flat:first=int8", "ivf", "hnsw"] {
      #expect(phases["measuring \(name)"] ?? 0 > 0)
    }
  }

  @Test func aDryRunChoosesAndWritesNothing() throws {
    let folder = try TemporaryFolder()
    let result = try build(folder, "--backend auto --dry-run")
    #expect(result.code == 0, "\(result.errors)")
    for part in ["candidate", "bytes per vector", "memory to build"] {
      #expect(result.output.contains(part), "\(result.output)")
    }
    let json = try build(folder, "--backend auto --dry-run --json").json()
    #expect(json["choice"] is [String: Any])
    #expect(try folder.names().isEmpty)
  }

  @Test func aBenchmarkMeasuresWhatIsChosen() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 300)
    let line =
      "\"$needle\" bench --vectors \(vectors) --hold-out 20 --backend auto --backend flat --budget 0.01 "
      + "--rounds 1 --out report --json"
    let result = try NeedleCommand.shell(line, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors.contains("flat: exact search of 280 vectors"))
    #expect(result.output.split(separator: "\n").count == 1, "\(result.output)")
  }

  @Test func smallSetsAreSearchedExactly() throws {
    let folder = try TemporaryFolder()
    let vectors = try folder.vectors("base.npy", count: 100)
    let result = try build(folder, "--vectors \(vectors) --backend auto --recall 0.9")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("flat: exact search of 100 vectors"))
    #expect(try openIndex(folder.path("index")).summary.spec == "flat")
  }

  @Test func bytesPerVectorChooseParameters() throws {
    let folder = try TemporaryFolder()
    let result = try build(folder, "--backend hnsw:efConstruction=20 --bytes-per-vector 220 --json")
    #expect(result.code == 0, "\(result.errors)")
    let report = try result.json()
    #expect(report["bytes_per_vector"] as? Double ?? .infinity <= 220)
    #expect((report["reason"] as? String)?.contains("at most 220 bytes per vector") == true)
    let parameters = try #require(report["parameters"] as? [String: Any])
    #expect(parameters["efConstruction"] as? Int == 20)
    let plan = try build(folder, "--backend hnsw --bytes-per-vector 220 --dry-run --json").json()
    #expect(plan["bytes_per_vector"] as? Double ?? .infinity <= 220)
    expectFailure(
      try build(folder, "--backend hnsw --bytes-per-vector 20"),
      .usage,
      "20 bytes per vector are too few",
      "the least is"
    )
    expectFailure(
      try build(folder, "--backend auto --bytes-per-vector 20"),
      .usage,
      "20 bytes per vector are too few"
    )
  }

  @Test func reasonsAndPhasesAreReported() throws {
    let folder = try TemporaryFolder()
    let words = try build(folder, "--backend hnsw")
    #expect(words.output.contains("codec=sq8, layout=slim: 50 dimensions"))
    #expect(words.output.contains("\nphases: "))
    let report = try build(folder, "--backend hnsw --json").json()
    #expect((report["reason"] as? String)?.contains("codec=sq8") == true)
    let phases = try #require(report["phases"] as? [String: Double])
    for name in ["clustering", "finding neighbors", "pruning", "linking"] {
      #expect(phases[name] ?? 0 > 0, "\(phases)")
    }
    let sum = phases.values.reduce(0, +)
    let all = try #require(report["build_s"] as? Double)
    #expect((0.8...1.5).contains(sum / all), "\(sum) of \(all)")
    let asked = try build(folder, "--backend hnsw:codec=sq4 --json").json()
    #expect(asked["reason"] is NSNull)
  }

  @Test(arguments: [
    ("--backend hnsw --for batch", "--for goes with --backend auto"),
    ("--backend auto --for both", "both"), ("--backend auto:M=8", "auto has no parameters"),
    ("--backend hnsw --bytes-per-vector 0", "a number above 0"),
    ("--backend hnsw --bytes-per-vector=-3", "a number above 0"),
    ("--backend hnsw --bytes-per-vector many", "many"),
    ("--backend ivf --bytes-per-vector 100", "--backend hnsw or auto"),
    ("--backend hnsw:codec=sq4,layout=fat --bytes-per-vector 1000", "codec=sq4"),
  ])
  func badRequests(_ options: String, _ part: String) throws {
    let folder = try TemporaryFolder()
    expectFailure(try build(folder, options), .usage, part)
    #expect(try folder.names().isEmpty)
  }

  @Test func singleQueriesHaveLatencies() throws {
    let folder = try TemporaryFolder()
    let index = try folder.index()
    let queries = try folder.vectors("queries.npy", count: 20, seed: 2)
    let line = "\"$needle\" search --index \(index) --queries \(queries) --k 3 --out run "
    let report = try NeedleCommand.shell(line + "--batch 1 --json", in: folder).json()
    let latencies = ["p50_us", "p95_us", "p99_us"].compactMap { report[$0] as? Double }
    #expect(latencies.count == 3)
    #expect(latencies.allSatisfy { $0 > 0 })
    #expect(latencies == latencies.sorted())
    let words = try NeedleCommand.shell(line + "--batch 1", in: folder)
    #expect(words.output.contains("latency of a query: p50 "))
    #expect(words.output.contains(", p99 "))
    let batch = try NeedleCommand.shell(line + "--json", in: folder).json()
    #expect(batch["p50_us"] == nil)
  }
}
