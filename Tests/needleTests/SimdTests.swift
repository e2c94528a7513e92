import Foundation
import Needletail
import TestSupport
import Testing

/// What the documentation says of processors: the same files on all of them, and, where a search is
/// promised to be exact, the same answers as another on each.
@Suite struct SimdTests {
  /// Instruction sets to pretend; one that this processor lacks stands for the next lower one.
  private static let levels = ["portable", "avx2", "avx512"]

  private let folder: TemporaryFolder
  private let vectors: String
  private let queries: String

  init() throws {
    folder = try TemporaryFolder()
    // More rows than the first pass scores in full, in a dimension that fills no register.
    vectors = try folder.vectors("base.npy", count: 3_000, dimension: 37)
    queries = try folder.vectors("queries.npy", count: 50, dimension: 37, seed: 2)
  }

  private func needle(_ level: String?, _ arguments: String...) throws {
    let line = (level.map { ["NEEDLE_SIMD=\($0)"] } ?? []) + ["\"$needle\""] + arguments
    let result = try NeedleCommand.shell(line.joined(separator: " "), in: folder)
    #expect(result.code == 0, "\(result.errors)")
  }

  private func build(_ level: String?, _ spec: String, _ metric: Metric, _ name: String) throws {
    try needle(
      level,
      "index",
      "build",
      "--vectors",
      vectors,
      "--backend",
      spec,
      "--metric",
      metric.rawValue,
      "--out",
      name
    )
  }

  @Test(
    arguments: ["ivf", "ivf:nlist=9,rerank=f32", "flat", "flat:first=int8"],
    Metric.allCases
  )
  func everyInstructionSetWritesTheSameBytes(spec: String, metric: Metric) throws {
    try build(nil, spec, metric, "default")
    for level in Self.levels {
      try build(level, spec, metric, level)
      #expect(try folder.bytes(level) == folder.bytes("default"), "\(level)")
    }
  }

  @Test(arguments: [
    "hnsw", "hnsw:codec=f16", "hnsw:codec=sq8", "hnsw:codec=sq4", "hnsw:codec=rabitq",
    "hnsw:codec=leanvec", "hnsw:codec=pq", "hnsw:codec=rabitq,layout=fat",
    "hnsw:codec=pq,rerank=f16",
  ])
  func everyInstructionSetWritesTheSameGraph(spec: String) throws {
    for metric in spec.hasSuffix("sq8") ? Metric.allCases : [.squaredL2] {
      try build(nil, spec + (spec == "hnsw" ? ":" : ",") + "efConstruction=32", metric, "default")
      for level in Self.levels {
        try build(level, spec + (spec == "hnsw" ? ":" : ",") + "efConstruction=32", metric, level)
        #expect(try folder.bytes(level) == folder.bytes("default"), "\(level)")
      }
    }
  }

  @Test(arguments: Metric.allCases, levels)
  func aFirstPassChangesNoAnswer(metric: Metric, level: String) throws {
    try build(level, "flat", metric, "flat")
    try build(level, "flat:first=int8", metric, "int8")
    for kind in ["flat", "int8"] {
      for (k, threads) in [("1", "1"), ("30", "1"), ("30", "3")] {
        try needle(
          level,
          "search",
          "--index",
          kind,
          "--queries",
          queries,
          "--k",
          k,
          "--threads",
          threads,
          "--out",
          "\(kind)-\(k)-\(threads).jsonl"
        )
      }
    }
    for run in ["1-1", "30-1", "30-3"] {
      let truth = try folder.text("flat-\(run).jsonl")
      #expect(truth.split(separator: "\n").count == 50)
      #expect(try folder.text("int8-\(run).jsonl") == truth, "\(run)")
    }
    try needle(
      level,
      "ground-truth",
      "--vectors",
      vectors,
      "--queries",
      queries,
      "--k",
      "30",
      "--metric",
      metric.rawValue,
      "--out",
      "truth.ivecs"
    )
    try needle(
      level,
      "search",
      "--index",
      "int8",
      "--queries",
      queries,
      "--k",
      "30",
      "--out",
      "int8.ivecs"
    )
    #expect(try folder.bytes("truth.ivecs") == folder.bytes("int8.ivecs"))
  }

  /// Lists and candidates come from integers; only the last distances are rounded differently.
  @Test(
    arguments: ["ivf", "hnsw:codec=sq8", "hnsw:codec=pq", "hnsw:codec=rabitq,rerank=f32"],
    Metric.allCases
  )
  func everyInstructionSetFindsTheSameRows(spec: String, metric: Metric) throws {
    try build(nil, spec, metric, "index")
    for level in Self.levels {
      try needle(
        level,
        "search",
        "--index",
        "index",
        "--queries",
        queries,
        "--k",
        "10",
        "--out",
        "\(level).ivecs"
      )
    }
    let rows = try Self.levels.map { try IntegerRows.open(folder.path("\($0).ivecs")) }
    var moved = 0
    for query in 0..<50 {
      for level in rows.dropFirst() {
        #expect(Set(level[query]).symmetricDifference(rows[0][query]).count <= 2)
        moved += zip(level[query], rows[0][query]).count { $0 != $1 }
      }
    }
    #expect(moved <= 4, "\(moved) of 1,000 places")
  }
}
