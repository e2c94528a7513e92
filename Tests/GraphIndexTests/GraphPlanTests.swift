import GraphIndex
import IndexStore
import Synchronization
import TestSupport
import Testing
import VectorCore

/// What "auto" comes to, and what is refused.
@Suite struct GraphPlanTests {
  private func plan(
    _ parameters: Parameters = [:],
    dimension: Int,
    spaceDimension: Int? = nil,
    range: Float = 5,
    size: Float = 1,
    values: ValueScale = ValueScale(largest: 10, rootMeanSquare: 1)
  ) throws -> GraphPlan {
    let resolved = try parameters.resolved(against: HNSWParameters.descriptions, owner: "hnsw")
    return try GraphPlan(
      HNSWParameters(resolved),
      dimension: dimension,
      spaceDimension: spaceDimension ?? dimension,
      scale: ValueScale(largest: range * size, rootMeanSquare: size),
      values: values
    )
  }

  @Test(arguments: [
    (2, "f32", "slim", "none", 64), (16, "f32", "slim", "none", 64),
    (17, "f16", "slim", "none", 64), (32, "f16", "slim", "none", 64),
    (33, "sq8", "slim", "residual", 64), (95, "sq8", "slim", "residual", 64),
    (96, "pq", "fat", "residual", 32), (1_024, "pq", "fat", "residual", 32),
  ])
  func theDimensionDecides(
    dimension: Int,
    codec: String,
    layout: String,
    rerank: String,
    degree: Int
  ) throws {
    let plan = try plan(dimension: dimension)
    #expect(plan.codec.rawValue == codec)
    #expect(plan.layout.rawValue == layout)
    #expect(plan.rerank.rawValue == rerank)
    #expect(plan.degree == degree)
    #expect(plan.reason.contains("\(dimension) dimensions"))
    #expect(plan.mayFallBack)
    #expect(plan.parameters["M"] == .integer(degree / 2))
    #expect(plan.parameters["codec"] == .text(codec))
  }

  @Test func theDimensionMoreOfSquaredDistanceDecidesNothing() throws {
    #expect(try plan(dimension: 16, spaceDimension: 17).codec == .float)
    #expect(try plan(dimension: 95, spaceDimension: 96).codec == .bytes)
    #expect(throws: IndexError.self) {
      try plan(["codec": "rabitq", "layout": "fat"], dimension: 1_024, spaceDimension: 1_025)
    }
  }

  @Test func whatDoesNotGoTogetherIsRefusedBeforeTheWork() throws {
    let phases = Mutex<[String]>([])
    let options = BuildOptions(metric: .cosine) { step in
      phases.withLock { $0.append(step.phase) }
    }
    #expect(throws: IndexError.self) {
      try HNSWBackend.makeIndex(
        over: seededVectors(count: 100, dimension: 20, seed: 1),
        parameters: ["codec": "pq", "layout": "slim"],
        options: options
      )
    }
    #expect(phases.withLock { $0 } == [])
  }

  @Test func aLayoutDecidesTheCodec() throws {
    #expect(try plan(["layout": "fat"], dimension: 10).codec == .products)
    #expect(try plan(["layout": "slim"], dimension: 100).codec == .bytes)
    #expect(try plan(["layout": "slim"], dimension: 192).codec == .lean)
    #expect(try plan(["codec": "rabitq"], dimension: 500).layout == .slim)
    #expect(try plan(["codec": "pq"], dimension: 10).layout == .fat)
    #expect(try !plan(["codec": "leanvec"], dimension: 300).mayFallBack)
  }

  @Test func aFewLargeValuesLeaveTooFewCodes() throws {
    for dimension in [50, 100, 300] {
      let plan = try plan(dimension: dimension, range: 25)
      #expect(plan.codec == .half)
      #expect(plan.layout == .slim)
      #expect(plan.reason.contains("25 times"))
    }
    #expect(try plan(["codec": "sq8"], dimension: 50, range: 25).codec == .bytes)
    #expect(try plan(dimension: 50, range: 0, size: 0).codec == .bytes)
  }

  @Test func halvesHoldNeitherLargeNorTinyValues() throws {
    let large = ValueScale(largest: 65_505, rootMeanSquare: 100)
    let tiny = ValueScale(largest: 0.1, rootMeanSquare: 1e-4)
    for values in [large, tiny] {
      #expect(try plan(dimension: 20, values: values).codec == .bytes)
      #expect(try plan(dimension: 50, range: 25, values: values).codec == .float)
    }
    #expect(try plan(["codec": "f16"], dimension: 20, values: tiny).codec == .half)
    for parameters: Parameters in [["codec": "f16"], ["codec": "sq8", "rerank": "f16"]] {
      let error = #expect(throws: IndexError.self) {
        try plan(parameters, dimension: 20, values: large)
      }
      #expect(error?.description.contains("f16") == true)
    }
  }

  @Test func linksFillWholeBlocksOfAFatRow() throws {
    for (M, degree) in [(1, 32), (16, 32), (17, 64), (20, 64), (32, 64), (512, 1_024)] {
      let parameters: Parameters = ["layout": "fat", "M": .integer(M)]
      #expect(try plan(parameters, dimension: 100).degree == degree)
    }
    for M in [1, 7, 512] {
      #expect(try plan(["codec": "sq8", "M": .integer(M)], dimension: 100).degree == 2 * M)
    }
  }

  @Test func groupsGrowWithTheDimension() throws {
    for (dimension, groups) in [(4, 16), (96, 24), (128, 32), (384, 96), (3_000, 96)] {
      #expect(try plan(["codec": "pq"], dimension: dimension).groups == groups)
    }
  }

  @Test(
    arguments: [
      (["codec": "pq", "layout": "slim"], "codec", "layout=fat"),
      (["codec": "sq8", "layout": "fat"], "codec", "pq or rabitq"),
      (["codec": "f32", "layout": "fat"], "codec", "pq or rabitq"),
      (["codec": "leanvec", "layout": "fat"], "codec", "pq or rabitq"),
      (["codec": "f32", "rerank": "residual"], "rerank", "f32, f16 or none"),
      (["codec": "f16", "rerank": "residual"], "rerank", "f32, f16 or none"),
      (["rerank": "residual"], "rerank", "f32, f16 or none"),
    ] as [(Parameters, String, String)]
  )
  func whatDoesNotFitIsRefused(parameters: Parameters, name: String, allowed: String) throws {
    let error = #expect(throws: IndexError.self) { try plan(parameters, dimension: 12) }
    let text = try #require(error).description
    #expect(text.contains(name) && text.contains(allowed), "\(text)")
  }

  @Test func signsOfVeryLongVectorsDoNotFitARow() throws {
    let fat: Parameters = ["codec": "rabitq", "layout": "fat"]
    #expect(try plan(fat, dimension: 1_024).codec == .bits)
    let error = #expect(throws: IndexError.self) { try plan(fat, dimension: 1_025) }
    #expect(error?.description.contains("1024 dimensions") == true)
    #expect(try plan(["codec": "rabitq"], dimension: 1_025).layout == .slim)
  }
}
