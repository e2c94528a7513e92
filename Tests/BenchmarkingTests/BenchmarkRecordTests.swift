import Benchmarking
import Foundation
import Testing

struct BenchmarkRecordTests {
  @Test func jsonHoldsEveryFieldOnce() throws {
    let record = try #require(SampleRecords.five.dropFirst().first)
    let text = record.json
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary
    )
    let expected: [String: AnyHashable] = [
      "backend": "hnsw", "spec": "hnsw:M=16,efConstruction=200", "set": "efSearch=16", "k": 10,
      "threads": 2, "recall_at_k": 0.7821, "tolerant_recall_at_k": 0.7825, "qps": 38_200.0,
      "batch_qps": 74_900.0, "single_queries": 10_000, "single_rounds": 3, "batch_rounds": 3,
      "build_s": 61.3, "index_bytes": 132_990_000, "bytes_per_vector": 341,
      "peak_rss_bytes": 462_000_000, "added_rss_bytes": 152_000_000, "peak_rss_scope": "build",
      "searched": "opened", "dataset": "glove-6b-50d", "count": 390_000, "dimension": 50,
      "metric": "cosine", "queries": 10_000, "seed": 42, "simd": "avx512", "cores": 2,
      "cpu": "Example CPU 9000 \"Fast\" & <Co>", "memory_bytes": 8_200_000_000, "commit": "0.1.0",
      "system": "Debian GNU/Linux 12 (bookworm), Linux 6.1, x86_64", "date": "2026-11-24T09:30:00Z",
    ]
    for (key, value) in expected {
      #expect(object[key] as? AnyHashable == value, "\(key)")
    }
    let measured = ["mean_us", "p50_us", "p95_us", "p99_us", "qps_median", "batch_qps_median"]
    for key in measured + ["open_ms"] {
      #expect((object[key] as? Double).map { $0 > 0 } == true, "\(key)")
    }
    #expect(object.count == expected.count + measured.count + 1)
    // Stable order: the same keys in the same places for every record.
    let keys = { (text: String) in text.matches(of: /"(\w+)":/).map { String($0.output.1) } }
    #expect(keys(text).count == object.count)
    #expect(SampleRecords.five.allSatisfy { keys($0.json) == keys(text) })
  }

  @Test func aFilterIsPartOfTheRecord() throws {
    let record = try #require(SampleRecords.five.first)
    let run = record.run
    let filtered = BenchmarkRecord(
      run: BenchmarkRecord.Run(
        dataset: run.dataset,
        count: run.count,
        dimension: run.dimension,
        metric: run.metric,
        queries: run.queries,
        k: run.k,
        threads: run.threads,
        rounds: run.rounds,
        seed: run.seed,
        subject: run.subject,
        machine: run.machine,
        commit: run.commit,
        date: run.date,
        filter: BenchmarkRecord.Filter(name: "lang == \"de\"", matches: 12)
      ),
      index: record.index,
      search: BenchmarkRecord.Search(
        setting: "efSearch=16",
        recall: 1,
        tolerantRecall: 1,
        filterWay: "scanned+walked",
        single: record.search.single,
        batch: record.search.batch
      )
    )
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(filtered.json.utf8)) as? NSDictionary
    )
    #expect(object["filter"] as? String == "lang == \"de\"")
    #expect(object["matches"] as? Int == 12)
    #expect(object["filter_way"] as? String == "scanned+walked")
  }
}
