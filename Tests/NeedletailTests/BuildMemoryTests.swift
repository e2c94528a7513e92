import Needletail
import TestSupport
import Testing

/// Estimates are compared with the files that come of it; those of memory are in the command's tests.
@Suite struct BuildMemoryTests {
  static let specifications =
    backends.map { $0.name } + [
      "flat:first=int8", "ivf:rerank=f32", "ivf:rerank=residual,nlist=37", "hnsw:M=5",
      "faiss-ivfpq:nlist=32,m=2,nbits=5", "faiss-hnsw:M=5",
    ]

  /// Kinds of codes with what they are ranked by; some come into their own with longer vectors.
  static let graphs = [
    "hnsw", "hnsw:M=7", "hnsw:layout=slim", "hnsw:layout=fat", "hnsw:codec=f32,rerank=f16",
    "hnsw:codec=f16", "hnsw:codec=sq8,rerank=f32", "hnsw:codec=sq4",
    "hnsw:codec=rabitq,rerank=none",
    "hnsw:codec=rabitq,layout=fat", "hnsw:codec=leanvec", "hnsw:codec=pq,M=32,rerank=none",
  ]

  private func specification(_ text: String) throws -> IndexSpecification {
    let quick =
      text.hasSuffix("hnsw")
      ? ":efConstruction=20" : text.contains("hnsw") ? ",efConstruction=20" : ""
    return try IndexSpecification(parsing: text + quick)
  }

  @Test(arguments: specifications, [(700, 50), (6_000, 24)])
  func filesAreAsLargeAsEstimated(_ text: String, _ size: (count: Int, dimension: Int)) throws {
    try compare(text, size, [.cosine, .squaredL2], within: 0.9...1.1)
  }

  @Test(arguments: graphs)
  func graphsAreAsLargeAsEstimated(_ text: String) throws {
    try compare(text, (3_000, 40), [.cosine], within: 0.97...1.03)
    try compare(text, (1_000, 200), [.squaredL2], within: 0.97...1.03)
  }

  private func compare(
    _ text: String,
    _ size: (count: Int, dimension: Int),
    _ metrics: [Metric],
    within range: ClosedRange<Double>
  ) throws {
    var values = SyntheticVectors.clustered(size.count, dimension: size.dimension)
    // Half of the dimensions say little, as in most long vectors: axes can do without them.
    for place in values.indices where size.dimension > 100 && place.isMultiple(of: 2) {
      values[place] *= 0.05
    }
    let ids = try VectorIDs((0..<UInt64(size.count)).map { 7 * $0 })
    let set = VectorSet(VectorSet(values, dimension: size.dimension).source, ids: ids)
    let chosen = try specification(text)
    let folder = try TemporaryFolder()
    for metric in metrics {
      let estimate = try #require(try chosen.memory(over: set, metric: metric))
      let index = try buildIndex(over: set, chosen.description, metric: metric, threads: 2)
      let real = try index.save(to: folder.path("index")).fileBytes
      let ratio = Double(estimate.fileBytes) / Double(real)
      #expect(range.contains(ratio), "\(estimate.fileBytes) for \(real) bytes: \(ratio)")
      #expect(estimate.sections.allSatisfy { $0.bytes >= 0 })
      #expect(estimate.peakBytes >= estimate.sections.reduce(0) { $0 + $1.bytes } / 2)
      #expect(estimate.searchBytes >= estimate.sections.reduce(0) { $0 + $1.bytes } / 2)
    }
  }

  @Test(arguments: backends.map { $0.name })
  func oneVectorIsEstimatedOrRefused(_ name: String) throws {
    let one = seededVectors(count: 1, dimension: 3, seed: 1)
    do {
      let memory = try IndexSpecification(parsing: name).memory(over: one, metric: .cosine)
      #expect(try #require(memory).fileBytes > 4_096)
    } catch IndexError.tooFewVectors {
      #expect(name == "faiss-ivfpq")
    }
  }

  @Test(arguments: [TuningQuerySource.heldOut, .leaveOneOut])
  func tuningTakesMore(_ source: TuningQuerySource) throws {
    let set = seededVectors(count: 2_000, dimension: 16, seed: 1)
    for name in ["hnsw", "ivf", "faiss-ivfpq", "faiss-hnsw"] {
      let chosen = try IndexSpecification(parsing: name)
      let plain = try #require(try chosen.memory(over: set, metric: .cosine))
      let tuned = try #require(try chosen.memory(over: set, metric: .cosine, tuning: source))
      #expect(tuned.peakBytes >= plain.peakBytes, "\(name)")
      #expect(tuned.sections == plain.sections)
    }
  }

  /// As what is found on a GPU does, which keeps the vectors on the host.
  @Test func findingNeighborsExactlyTakesACopyOfTheVectors() throws {
    let set = VectorSet(Sized(count: 1_000_000, dimension: 384))
    let bytes = 4 * 1_000_000 * 384
    let maker: BuildOptions.ExactIndex = {
      try exactIndex(over: $0, queries: 1, metric: $1, threads: 1)
    }
    // Of this one finding the neighbors is what takes the most.
    for (text, added) in [("hnsw:M=4,codec=sq4,rerank=none", 1), ("ivf", 0)] {
      let chosen = try IndexSpecification(parsing: text)
      let plain = try #require(try chosen.memory(over: set, metric: .cosine))
      let exact = try #require(
        try chosen.memory(over: set, options: BuildOptions(metric: .cosine, exactIndex: maker))
      )
      #expect(exact.sections == plain.sections)
      #expect(exact.peakBytes - plain.peakBytes <= added * bytes)
      #expect((exact.peakBytes > plain.peakBytes) == (added > 0), "\(text)")
      let copies = exact.peak.filter { $0.name == "vectors for exact search" }
      #expect(copies.map(\.bytes) == Array(repeating: bytes, count: added))
    }
  }

  @Test func graphsThatContradictThemselvesAreRefused() throws {
    let set = seededVectors(count: 100, dimension: 10, seed: 1)
    for text in ["codec=pq,layout=slim", "codec=sq8,layout=fat", "codec=f32,rerank=residual"] {
      let chosen = try IndexSpecification(parsing: "hnsw:\(text)")
      #expect(throws: IndexError.self) { try chosen.memory(over: set, metric: .cosine) }
    }
  }

  @Test func whatABuildWouldRefuseIsRefused() throws {
    let set = seededVectors(count: 100, dimension: 10, seed: 1)
    let none = VectorSet([], dimension: 10)
    let ivfpq = try IndexSpecification(parsing: "faiss-ivfpq:m=3")
    #expect(throws: IndexError.self) { try ivfpq.memory(over: set, metric: .cosine) }
    let cells = try IndexSpecification(parsing: "faiss-ivfpq:nlist=101")
    #expect(throws: IndexError.self) { try cells.memory(over: set, metric: .cosine) }
    let flat = try IndexSpecification(parsing: "flat")
    #expect(throws: IndexError.emptySet(what: "memory")) {
      try flat.memory(over: none, metric: .cosine)
    }
    #expect(throws: IndexError.self) { try flat.memory(over: set, metric: .cosine, threads: 0) }
  }

  /// A set of which only the size is looked at.
  private struct Sized: VectorSource {
    let name = "sized"
    let count: Int
    let dimension: Int

    func copyRows(_ rows: Range<Int>, into destination: inout MutableSpan<Float>) throws(FileError)
    {
      throw FileError(.badData, path: name, reason: "has no vectors")
    }
  }

  /// Also where a larger set takes less, since its layout is another one.
  @Test(arguments: specifications, [40, 117_659])
  func theLargestPartThatFitsIsFound(_ text: String, _ count: Int) throws {
    let chosen = try specification(text)
    let set = VectorSet(Sized(count: count, dimension: 384))
    let options = BuildOptions(metric: .cosine)
    guard let whole = try chosen.memory(over: set, options: options) else { return }
    // What a backend refuses, as too small a set, takes more than there is.
    func peak(_ count: Int) -> Int {
      let part = VectorSet(Sized(count: count, dimension: 384))
      return (try? chosen.memory(over: part, metric: .cosine))?.peakBytes ?? .max
    }
    for share in [0.02, 0.6] {
      let room = Int(Double(whole.peakBytes) * share)
      let fits = try chosen.largestCount(within: room, of: set, options: options)
      if fits > 0 { #expect(peak(fits) <= room) }
      for place in 1...10 where count * place / 10 > fits + count / 64 + 1 {
        #expect(peak(count * place / 10) > room, "\(count * place / 10) fit, not only \(fits)")
      }
    }
    let all = try chosen.largestCount(within: whole.peakBytes, of: set, options: options)
    #expect(all == count)
  }
}
