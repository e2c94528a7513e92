import Benchmarking
import VectorCore

/// Records as a benchmark of five backends gives them, with made-up figures.
enum SampleRecords {
  static let run = BenchmarkRecord.Run(
    dataset: "glove-6b-50d",
    count: 390_000,
    dimension: 50,
    metric: .cosine,
    queries: 10_000,
    k: 10,
    threads: 2,
    rounds: 3,
    seed: 42,
    subject: .opened,
    machine: Machine(
      cpu: "Example CPU 9000 \"Fast\" & <Co>",
      cores: 2,
      memoryBytes: 8_200_000_000,
      system: "Debian GNU/Linux 12 (bookworm), Linux 6.1, x86_64",
      simd: "avx512"
    ),
    commit: "0.1.0",
    date: "2026-11-24T09:30:00Z"
  )

  /// Recall, single-query rate and batch rate of one setting.
  typealias Figures = (setting: String, recall: Double, qps: Double, batch: Double)

  static func records(
    _ spec: String,
    build: Double,
    bytes: Double,
    added: Int,
    _ figures: [Figures]
  ) -> [BenchmarkRecord] {
    let index = BenchmarkRecord.Index(
      backend: String(spec.prefix { $0 != ":" }),
      spec: spec,
      buildSeconds: build,
      peakBytes: added + 310_000_000,
      addedBytes: added,
      peakIsOfBuild: true,
      fileBytes: Int(bytes * Double(run.count)),
      openMilliseconds: bytes / 17
    )
    return figures.map { figures in
      let mean = 1_000_000 / figures.qps
      let search = BenchmarkRecord.Search(
        setting: figures.setting,
        recall: figures.recall,
        tolerantRecall: min(figures.recall + 0.0004, 1),
        single: BenchmarkRecord.Single(
          qps: figures.qps,
          medianQPS: figures.qps * 0.98,
          mean: mean * 1.01,
          p50: mean * 0.97,
          p95: mean * 1.5,
          p99: mean * 1.9,
          queries: figures.qps < 1000 ? 240 : 10_000,
          rounds: 3
        ),
        batch: BenchmarkRecord.Batch(qps: figures.batch, medianQPS: figures.batch, rounds: 3)
      )
      return BenchmarkRecord(run: run, index: index, search: search)
    }
  }

  static let flat = records(
    "flat",
    build: 0.21,
    bytes: 208,
    added: 84_000_000,
    [("", 1, 118, 1900)]
  )

  static let five =
    flat
    + records(
      "hnsw:M=16,efConstruction=200",
      build: 61.3,
      bytes: 341,
      added: 152_000_000,
      [
        ("efSearch=16", 0.7821, 38_200, 74_900), ("efSearch=32", 0.8664, 26_100, 51_700),
        ("efSearch=64", 0.9212, 17_500, 34_200), ("efSearch=96", 0.9531, 12_450, 24_600),
        ("efSearch=128", 0.9662, 9_700, 19_000), ("efSearch=256", 0.9901, 5_050, 9_950),
        ("efSearch=512", 0.9968, 2_600, 5_100),
      ]
    )
    + records(
      "faiss-flat",
      build: 0.09,
      bytes: 200,
      added: 78_000_000,
      [("", 1, 96, 720)]
    )
    + records(
      "faiss-ivfpq:nlist=1024,m=25,nbits=8",
      build: 43.8,
      bytes: 33.4,
      added: 61_000_000,
      [
        ("nprobe=1", 0.3310, 41_000, 98_000), ("nprobe=4", 0.4880, 24_000, 61_000),
        ("nprobe=16", 0.5650, 9_100, 25_000), ("nprobe=64", 0.5873, 2_700, 7_600),
      ]
    )
    + records(
      "faiss-hnsw:M=16,efConstruction=200",
      build: 98.6,
      bytes: 344,
      added: 160_000_000,
      [
        ("efSearch=16", 0.7790, 20_900, 40_100), ("efSearch=64", 0.9210, 9_400, 18_000),
        ("efSearch=128", 0.9655, 5_200, 10_200), ("efSearch=256", 0.9899, 2_610, 5_100),
      ]
    )
}
