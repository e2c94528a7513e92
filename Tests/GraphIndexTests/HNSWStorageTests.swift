import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

/// What a stored graph holds comes back; what makes no sense is refused or harmless, never a trap.
@Suite struct HNSWStorageTests {
  private static let dimension = 11
  private static let count = 400
  /// The last 40 are copies.
  private static let values: [Float] = {
    let distinct = SyntheticVectors.clustered(360, dimension: 11)
    return distinct + distinct.prefix(40 * 11)
  }()
  private static let queries = SyntheticVectors.clustered(20, dimension: 11, seed: 7)

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  private func write(
    _ parameters: Parameters,
    _ metric: Metric = .squaredL2,
    compress: Bool = false
  ) throws -> HNSWIndex {
    let index = try hnsw(Self.values, dimension: Self.dimension, metric, parameters)
    _ = try IndexFile.write(index, to: folder.path("index"), compress: compress)
    return index
  }

  private func open(_ name: String = "index") throws -> any StoredIndex {
    try HNSWBackend.open(IndexFile.open(folder.path(name)))
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

  /// Searches in every way: an answer of existing vectors, or an error that names the file.
  private func expectHarmless(
    _ index: any StoredIndex,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for parameters: Parameters in [[:], ["efSearch": 1], ["efSearch": 500, "rerank": 500]] {
      for k in [1, 30, Self.count] {
        do {
          let found = try index.search(Self.queries.span, k: k, parameters: parameters, threads: 2)
          #expect(
            found.counts.allSatisfy { $0 <= k } && found.ids.allSatisfy { $0 < Self.count },
            comment,
            sourceLocation: sourceLocation
          )
        } catch let error as FileError {
          #expect(error.kind == .badData, sourceLocation: sourceLocation)
          #expect(error.description.contains("which is no node"), sourceLocation: sourceLocation)
        }
      }
    }
  }

  @Test(arguments: GraphCase.all, Metric.allCases)
  func anOpenedIndexAnswersAsTheBuiltOne(_ graphCase: GraphCase, metric: Metric) throws {
    for rerank in ["auto", "none", "f32", "f16"] {
      for compress in [false, true] where !compress || rerank == "auto" {
        let parameters = graphCase.with(["rerank": .text(rerank)]).parameters
        let built = try write(parameters, metric, compress: compress)
        let opened = try open()
        #expect(opened.summary == built.summary)
        #expect(rerank == "auto" || opened.summary.parameters["rerank"] == .text(rerank))
        for search: Parameters in [[:], ["efSearch": 3], ["efSearch": 400, "rerank": 400]] {
          let left = try opened.search(Self.queries.span, k: 15, parameters: search)
          let right = try built.search(Self.queries.span, k: 15, parameters: search)
          #expect(identical(left, right))
        }
        _ = try IndexFile.write(opened, to: folder.path("again"), compress: compress)
        #expect(try folder.bytes("again") == folder.bytes("index"))
      }
    }
  }

  @Test(arguments: GraphCase.all)
  func sectionsOfAnotherSizeAreRefused(_ graphCase: GraphCase) throws {
    try write(graphCase.with(["rerank": "f16"]).parameters)
    let parts = try RewrittenIndex(IndexFile.open(folder.path("index")))
    #expect(
      Set(parts.words.keys).isSuperset(of: ["rows", "node-starts", "entries", "entry-starts"])
    )
    #expect(parts.bytes.keys.contains("rerank"))
    for name in parts.words.keys {
      expectRefusal(of: "'\(name)'") { $0.words[name] = nil }
      expectRefusal(of: "section '") { $0.words[name] = [] }
      expectRefusal(of: "section '", "\(name) shorter") { _ = $0.words[name]?.popLast() }
      expectRefusal(of: "section '", "\(name) longer") { $0.words[name]?.append(0) }
    }
    for name in parts.bytes.keys {
      expectRefusal(of: "'\(name)'", "\(name) shorter") { _ = $0.bytes[name]?.popLast() }
      expectRefusal(of: "'\(name)'", "\(name) longer") { $0.bytes[name]?.append(0) }
      expectRefusal(of: "'\(name)'") { $0.bytes[name] = [] }
      expectRefusal(of: "'\(name)'", "\(name) is missing") { $0.bytes[name] = nil }
    }
  }

  @Test(arguments: GraphCase.all)
  func numbersWithoutSenseAreRefused(_ graphCase: GraphCase) throws {
    try write(graphCase.parameters)
    let attributes = try RewrittenIndex(IndexFile.open(folder.path("index"))).attributes
    #expect(attributes["nodes"] == 360)
    for name in ["code-unit", "rest-unit", "row-scale", "query-scale"]
    where attributes[name] != nil {
      for bad: Float in [.nan, .infinity, -1, -.leastNonzeroMagnitude] {
        expectRefusal(of: name, "\(bad)") { $0.attributes[name] = Int(bad.bitPattern) }
      }
    }
    for name in attributes.keys {
      expectRefusal(of: name) { $0.attributes[name] = nil }
      for bad in [-1, Int(UInt32.max) + 1, .max, .min] {
        expectRefusal(of: name, "\(bad)") { $0.attributes[name] = bad }
      }
    }
    for bad in [0, 1, 359, 361, 400, 401] {
      expectRefusal(of: "", "\(bad) nodes") { $0.attributes["nodes"] = bad }
    }
  }

  @Test(arguments: ["sq8", "pq"])
  func rowsAndEntriesThatDoNotExistAreRefused(codec: String) throws {
    try write(["codec": .text(codec)])
    for bad: UInt32 in [400, 0x8000_0000, .max] {
      for place in [0, 399] {
        expectRefusal(of: "'rows'", "\(bad)") { $0.words["rows"]?[place] = bad }
      }
    }
    for bad: UInt32 in [360, 0x8000_0000, .max] {
      for place in [0, 20] {
        expectRefusal(of: "'entries'", "\(bad)") { $0.words["entries"]?[place] = bad }
      }
    }
    for (place, bad): (Int, UInt32) in [(0, 1), (1, 0), (1, 1_000), (2, .max)] {
      expectRefusal(of: "'entry-starts'", "\(bad) at \(place)") {
        $0.words["entry-starts"]?[place] = bad
      }
    }
    for (place, bad): (Int, UInt32) in [
      (0, 1), (5, 4), (5, 9), (5, .max), (360, 399), (360, 401), (359, 400),
    ] {
      expectRefusal(of: "'node-starts'", "\(bad) at \(place)") {
        $0.words["node-starts"]?[place] = bad
      }
    }
  }

  @Test(arguments: [GraphCase(codec: "pq"), GraphCase(codec: "rabitq", layout: "fat")])
  func codebooksWithoutSenseAreRefused(_ graphCase: GraphCase) throws {
    try write(graphCase.parameters)
    let parts = try RewrittenIndex(IndexFile.open(folder.path("index")))
    let ends = try #require(parts.words["group-ends"])
    for (place, bad): (Int, UInt32) in [
      (0, .max), (1, 0x8000_0000), (ends.count - 1, 0), (ends.count - 1, 1_000),
    ] {
      expectRefusal(of: "'group-ends'") { $0.words["group-ends"]?[place] = bad }
    }
    for groups in [0, 1, 3, 8, 260, 10_000] where groups != ends.count {
      expectRefusal(of: "section '", "\(groups) groups") { parts in
        parts.words["group-ends"] = (0..<groups).map { _ in ends.last ?? 0 }
      }
    }
    for bad: Float in [.nan, .infinity, -.infinity] {
      expectRefusal(of: "'centroids'") { $0.set("centroids", 17, to: bad) }
      guard parts.words["axis-units"] != nil else { continue }
      expectRefusal(of: "'axis-units'") { $0.set("axis-units", 2, to: bad) }
    }
    for axes in [0, 1, 3, 13, 1_000] where parts.attributes["axes"] != nil {
      expectRefusal(of: "", "\(axes) axes") { $0.attributes["axes"] = axes }
    }
  }

  @Test func parametersOfNoIndexAreRefused() throws {
    try write(["codec": "sq8"])
    for (name, values): (String, [ParameterValue]) in [
      ("M", [0, -1, 31, 33, 513, 1.5, "many"]), ("codec", ["auto", "pq", "f32", "sq9", 8]),
      ("layout", ["auto", "fat", "thin"]), ("rerank", ["auto", "f64", 16]),
      ("efConstruction", [-1, "all"]),
    ] {
      for value in values {
        expectRefusal(of: "/changed: section ", "\(name)=\(value)") {
          $0.set(parameter: name, to: value)
        }
      }
    }
    try write(["codec": "pq"])
    for M: ParameterValue in [8, 16, 24, 48] {
      expectRefusal(of: "/changed: section ") { $0.set(parameter: "M", to: M) }
    }
    try write(["codec": "f32"])
    expectRefusal(of: "/changed: section ") { $0.set(parameter: "rerank", to: "residual") }
  }

  @Test(arguments: GraphCase.all)
  func anyByteIsHarmless(_ graphCase: GraphCase) throws {
    for rerank in ["auto", "f32"] {
      try write(graphCase.with(["rerank": .text(rerank)]).parameters, .innerProduct)
      let parts = try RewrittenIndex(IndexFile.open(folder.path("index")))
      for section in parts.bytes.keys.sorted() {
        for byte: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
          let index = try reopened { parts in
            parts.bytes[section] = parts.bytes[section].map { $0.map { _ in byte } }
          }
          try expectHarmless(index, "\(section) of \(byte)")
        }
      }
    }
  }

  /// Numbers that some index may hold, though not this one.
  @Test(arguments: GraphCase.all)
  func numbersOfAnotherIndexAreHarmless(_ graphCase: GraphCase) throws {
    try write(graphCase.parameters)
    let parts = try RewrittenIndex(IndexFile.open(folder.path("index")))
    let edges: [Float] = [0, .leastNonzeroMagnitude, 1e-20, 1e20, .greatestFiniteMagnitude]
    for value in edges {
      for section in ["mean", "centroids", "axis-units"] where parts.words[section] != nil {
        let index = try reopened { parts in
          for place in 0..<8 { parts.set(section, place, to: value) }
        }
        try expectHarmless(index, "\(section) = \(value)")
      }
      for name in ["code-unit", "rest-unit", "row-scale", "query-scale"]
      where parts.attributes[name] != nil {
        let index = try reopened { $0.attributes[name] = Int(value.bitPattern) }
        try expectHarmless(index, "\(name) = \(value)")
      }
    }
    let one = try reopened { $0.words["rows"] = Array(repeating: 7, count: Self.count) }
    try expectHarmless(one, "one row everywhere")
  }

  @Test(arguments: [GraphCase(codec: "sq8"), GraphCase(codec: "f32"), GraphCase(codec: "pq")])
  func linksThatAreNoneAreHarmless(_ graphCase: GraphCase) throws {
    try write(graphCase.parameters)
    if graphCase.parameters["codec"] != "pq" {
      for node: UInt32 in [0, 359, GraphLinks.none] {
        let index = try reopened { parts in
          parts.words["links"] = parts.words["links"].map { $0.map { _ in node } }
        }
        try expectHarmless(index, "all links to \(node)")
      }
    }
    // The same entry point many times.
    let index = try reopened { parts in
      parts.words["entries"] = Array(repeating: 3, count: 1_000)
      parts.words["entry-starts"] = [0, 1, 2, 990, 1_000]
    }
    try expectHarmless(index, "a thousand entry points")
    #expect(try index.search(Self.queries.span, k: 10).counts.allSatisfy { $0 == 10 })
  }

  @Test func aRewrittenFileIsTheSameIndex() throws {
    let built = try write(["codec": "pq"])
    let same = try reopened { _ in }
    let found = try same.search(Self.queries.span, k: 15)
    #expect(try identical(found, built.search(Self.queries.span, k: 15)))
  }

  @Test func aSectionThatNobodyKnowsIsRefused() throws {
    try write(["codec": "sq8"])
    expectUnknown("vectors") { $0.bytes["vectors"] = [1, 2, 3] }
    expectUnknown("layers") { $0.words["layers"] = [1] }
  }

  /// Checks that a section is refused as one of a later version.
  private func expectUnknown(_ section: String, _ change: (inout RewrittenIndex) -> Void) {
    let error = #expect(throws: FileError.self) {
      var parts = try RewrittenIndex(IndexFile.open(folder.path("index")))
      change(&parts)
      _ = try IndexFile.write(parts, to: folder.path("changed"), compress: false)
      _ = try IndexFile.open(folder.path("changed")).index(using: [HNSWBackend.self])
    }
    #expect(error?.description.contains("'\(section)'") == true)
  }
}
