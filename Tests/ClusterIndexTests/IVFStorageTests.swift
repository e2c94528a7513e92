import ClusterIndex
import Foundation
import IndexStore
import TestSupport
import Testing
import VectorCore

/// What a stored index holds comes back; what makes no sense is refused or harmless, never a trap.
@Suite struct IVFStorageTests {
  private static let dimension = 11
  private static let count = 900
  private static let values = SyntheticVectors.clustered(900, dimension: 11)
  private static let queries = SyntheticVectors.clustered(20, dimension: 11, seed: 7)

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  private func write(
    _ metric: Metric,
    _ parameters: Parameters = ["nlist": 20],
    compress: Bool = false
  ) throws -> any StoredIndex {
    let index = try ivf(Self.values, dimension: Self.dimension, metric, parameters)
    _ = try IndexFile.write(index, to: folder.path("index"), compress: compress)
    return index
  }

  private func open(_ name: String = "index") throws -> any StoredIndex {
    try IVFBackend.open(IndexFile.open(folder.path(name)))
  }

  /// Opens the file after a change whose checksums fit.
  private func reopened(_ change: (inout RewrittenIndex) -> Void) throws -> any StoredIndex {
    var parts = try RewrittenIndex(IndexFile.open(folder.path("index")))
    change(&parts)
    _ = try IndexFile.write(parts, to: folder.path("changed"), compress: false)
    return try open("changed")
  }

  private func expectRefusal(
    of section: String,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout RewrittenIndex) -> Void
  ) {
    let error = #expect(throws: FileError.self, comment, sourceLocation: sourceLocation) {
      _ = try reopened(change)
    }
    #expect(error?.kind == .badData, sourceLocation: sourceLocation)
    #expect(
      error?.description.contains(section) == true,
      "\(error?.description ?? "")",
      sourceLocation: sourceLocation
    )
  }

  /// Searches in every way and checks what must hold of an answer from any file.
  private func expectHarmless(
    _ index: any StoredIndex,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for parameters: Parameters in [[:], ["margin": 0], everything, ["nprobe": 2]] {
      for k in [1, 30, Self.count] {
        let found = try index.search(Self.queries.span, k: k, parameters: parameters, threads: 2)
        #expect(
          found.counts.allSatisfy { $0 <= k } && found.ids.allSatisfy { $0 < Self.count },
          comment,
          sourceLocation: sourceLocation
        )
      }
    }
  }

  @Test(arguments: Metric.allCases, [false, true])
  func anOpenedIndexAnswersAsTheBuiltOne(metric: Metric, compress: Bool) throws {
    for parameters: Parameters in [[:], ["nlist": 1], ["nlist": 33, "rerank": "f32"]] {
      let built = try write(metric, parameters, compress: compress)
      let opened = try open()
      #expect(opened.summary == built.summary)
      for search: Parameters in [[:], everything, ["nprobe": 2]] {
        let left = try opened.search(Self.queries.span, k: 15, parameters: search)
        let right = try built.search(Self.queries.span, k: 15, parameters: search)
        #expect(identical(left, right))
      }
    }
  }

  @Test(arguments: Metric.allCases)
  func anyNumberOfThreadsWritesTheSameBytes(metric: Metric) throws {
    let values = SyntheticVectors.clustered(6_000, dimension: 13)
    for parameters: Parameters in [[:], ["nlist": 3], ["nlist": 500, "rerank": "f32"]] {
      for threads in [1, 2, 5] {
        let index = try ivf(values, dimension: 13, metric, parameters, threads: threads)
        _ = try IndexFile.write(index, to: folder.path("\(threads)"), compress: false)
        #expect(try folder.bytes("\(threads)") == folder.bytes("1"), "\(threads) threads")
      }
    }
  }

  @Test func aRewrittenFileIsTheSameIndex() throws {
    let built = try write(.squaredL2)
    let same = try reopened { _ in }
    let found = try same.search(Self.queries.span, k: 15)
    #expect(try identical(found, built.search(Self.queries.span, k: 15)))
  }

  @Test(arguments: Metric.allCases)
  func sectionsOfAnotherSizeAreRefused(metric: Metric) throws {
    try write(metric)
    let parts = try RewrittenIndex(IndexFile.open(folder.path("index")))
    #expect(
      Set(parts.words.keys)
        == ["mean", "center-units", "list-sizes", "list-units", "list-spreads", "rows"]
    )
    #expect(Set(parts.bytes.keys) == ["center-codes", "codes", "rerank"])
    for name in parts.words.keys {
      expectRefusal(of: "'\(name)'") { _ = $0.words[name]?.popLast() }
      expectRefusal(of: "'\(name)'") { $0.words[name]?.append(0) }
      expectRefusal(of: "'\(name)'") { $0.words[name] = [] }
      expectRefusal(of: "'\(name)'") { $0.words[name] = nil }
    }
    for name in parts.bytes.keys {
      expectRefusal(of: "'\(name)'") { _ = $0.bytes[name]?.popLast() }
      expectRefusal(of: "'\(name)'") { $0.bytes[name]?.append(0) }
      expectRefusal(of: "'\(name)'") { $0.bytes[name] = [] }
      expectRefusal(of: "'\(name)'") { $0.bytes[name] = nil }
    }
  }

  @Test func listsThatDoNotAddUpAreRefused() throws {
    try write(.squaredL2)
    for bad: UInt32 in [0, 1_000, 0x8000_0000, .max] {
      expectRefusal(of: "'list-sizes'", "\(bad)") { $0.words["list-sizes"]?[3] = bad }
    }
    expectRefusal(of: "'list-sizes'") { parts in
      parts.words["list-sizes"] = parts.words["list-sizes"].map { $0.map { _ in 0 } }
    }
    // All in one list: the sum fits, the panels do not.
    expectRefusal(of: "'codes'") { parts in
      parts.words["list-sizes"] = parts.words["list-sizes"].map { sizes in
        sizes.indices.map { $0 == 0 ? UInt32(Self.count) : 0 }
      }
    }
  }

  @Test func listsOfOtherSizesThatAddUpAreHarmless() throws {
    try write(.squaredL2)
    let index = try reopened { parts in
      parts.words["list-sizes"] = parts.words["list-sizes"].map { $0.reversed() }
    }
    try expectHarmless(index)
  }

  @Test func rowsThatDoNotExistAreRefused() throws {
    try write(.innerProduct)
    for bad in [UInt32(Self.count), 0x8000_0000, .max] {
      for place in [0, Self.count - 1] {
        expectRefusal(of: "'rows'", "\(bad)") { $0.words["rows"]?[place] = bad }
      }
    }
  }

  @Test(arguments: ["list-units", "list-spreads", "center-units", "mean"])
  func numbersWithoutSenseAreRefused(section: String) throws {
    try write(.squaredL2)
    for bad: Float in [.nan, -.nan, .infinity, -.infinity, -1, -.leastNonzeroMagnitude]
    where section != "mean" || !bad.isFinite {
      for place in [0, 5] {
        expectRefusal(of: "'\(section)'", "\(bad)") { $0.set(section, place, to: bad) }
      }
    }
    guard section == "list-units" else { return }
    for zero: Float in [0, -0.0] { expectRefusal(of: section) { $0.set(section, 0, to: zero) } }
  }

  @Test func parametersOfNoIndexAreRefused() throws {
    try write(.squaredL2)
    for nlist: ParameterValue in [0, -1, 19, 21, 901, 1_048_577, 1.5, "many"] {
      expectRefusal(of: "/changed: section ", "\(nlist)") { $0.set(parameter: "nlist", to: nlist) }
    }
    for kind: ParameterValue in ["auto", "f64", 16, "f32"] {
      expectRefusal(of: "/changed: section ", "\(kind)") { $0.set(parameter: "rerank", to: kind) }
    }
    expectRefusal(of: "'M=16") { parts in
      parts.summary = IndexSummary(
        backend: "ivf",
        parameters: ["M": 16],
        metric: .squaredL2,
        count: Self.count,
        dimension: Self.dimension,
        seed: 42
      )
    }
  }

  @Test func aSpaceWithoutSenseIsRefused() throws {
    try write(.squaredL2)
    for (name, bad) in [
      ("norm-mean", Float.nan), ("norm-mean", -1), ("norm-weight", 0), ("norm-weight", -1),
      ("norm-weight", .nan),
    ] {
      expectRefusal(of: "norm-", "\(name) \(bad)") { $0.attributes[name] = Int(bad.bitPattern) }
    }
    for name in ["norm-mean", "norm-weight"] {
      expectRefusal(of: name) { $0.attributes[name] = nil }
      expectRefusal(of: name) { $0.attributes[name] = -1 }
      expectRefusal(of: name) { $0.attributes[name] = Int(UInt32.max) + 1 }
    }
  }

  /// Numbers that some index may hold, though not this one.
  @Test(arguments: Metric.allCases)
  func numbersOfAnotherIndexAreHarmless(metric: Metric) throws {
    try write(metric)
    let edges: [Float] = [.leastNonzeroMagnitude, 1e-20, 1e20, .greatestFiniteMagnitude]
    for value in edges {
      for section in ["list-units", "list-spreads", "center-units", "mean"] {
        let one = try reopened { $0.set(section, 4, to: value) }
        try expectHarmless(one, "\(section)[4] = \(value)")
        let all = try reopened { parts in
          for place in 0..<(section == "mean" ? Self.dimension : 20) {
            parts.set(section, place, to: value)
          }
        }
        try expectHarmless(all, "\(section) = \(value)")
      }
      for name in ["norm-mean", "norm-weight"] {
        for number in [value, .infinity] {
          let index = try reopened { $0.attributes[name] = Int(number.bitPattern) }
          try expectHarmless(index, "\(name) = \(number)")
        }
      }
    }
    let still = try reopened { parts in
      for list in 0..<20 { parts.set("list-spreads", list, to: 0) }
    }
    try expectHarmless(still, "no spread")
  }

  @Test(arguments: ["center-codes", "codes", "rerank"])
  func anyByteIsHarmless(section: String) throws {
    for metric in Metric.allCases {
      for kind: ParameterValue in ["f16", "f32"] {
        try write(metric, ["nlist": 20, "rerank": kind])
        for byte: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
          let index = try reopened { parts in
            parts.bytes[section] = parts.bytes[section].map { $0.map { _ in byte } }
          }
          try expectHarmless(index, "\(section) of \(byte)")
        }
      }
    }
  }

  @Test func aRowNamedTwiceIsHarmless() throws {
    try write(.squaredL2)
    let index = try reopened { $0.words["rows"] = Array(repeating: 7, count: Self.count) }
    try expectHarmless(index)
  }
}
