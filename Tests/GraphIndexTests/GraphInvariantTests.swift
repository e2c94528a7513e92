import GraphIndex
import TestSupport
import Testing
import VectorCore

/// What holds of every graph, whatever it is built over.
@Suite struct GraphInvariantTests {
  private static let dimension = 12

  /// Sets that are difficult, or nearly none.
  enum Difficulty: CaseIterable {
    case one, two, three, sixtyFive, clustered, equal, copies, sorted, lengths

    var values: [Float] {
      let dimension = GraphInvariantTests.dimension
      switch self {
      case .one: return SyntheticVectors.uniform(1, dimension: dimension)
      case .two: return SyntheticVectors.uniform(2, dimension: dimension)
      case .three: return SyntheticVectors.uniform(3, dimension: dimension)
      case .sixtyFive: return SyntheticVectors.uniform(65, dimension: dimension)
      case .clustered: return SyntheticVectors.clustered(700, dimension: dimension)
      case .equal: return Array(repeating: 0.25, count: 300 * dimension)
      case .copies:
        let kinds = SyntheticVectors.uniform(40, dimension: dimension)
        return (0..<9).flatMap { _ in kinds } + SyntheticVectors.clustered(90, dimension: dimension)
      case .sorted:
        return (0..<400).flatMap { row in (0..<dimension).map { Float(row + 1) + Float($0) } }
      case .lengths: return unequalLengths(500, dimension: dimension)
      }
    }
  }

  private func check(_ index: HNSWIndex, _ values: [Float], _ metric: Metric) throws {
    let graph = index.graph
    for node in 0..<graph.count {
      let places = (0..<graph.degree).map { graph.links[node * graph.degree + $0] }
      let links = graph.neighbors(of: node)
      #expect(Array(places.prefix(links.count)) == links, "links stand in front")
      #expect(links.allSatisfy { Int($0) < graph.count && Int($0) != node })
      #expect(Set(links).count == links.count)
    }
    let entries = (0..<graph.entries.nodes.count).map { graph.entries.nodes[$0] }
    #expect(!entries.isEmpty && entries.allSatisfy { Int($0) < graph.count })
    #expect(Set(entries).count == entries.count)
    #expect(reached(from: entries[0], in: graph) == graph.count)

    let rowsByNode = index.rowsByNode
    let dimension = Self.dimension
    #expect(rowsByNode.count == graph.count)
    #expect(rowsByNode.joined().sorted() == (0..<UInt32(values.count / dimension)).map { $0 })
    let prepared = try VectorSet(values, dimension: dimension).allRows(preparedFor: metric)
    let vectors = rows(prepared, dimension: dimension)
    for rows in rowsByNode {
      #expect(rows == rows.sorted())
      #expect(rows.allSatisfy { vectors[Int($0)] == vectors[Int(rows[0])] })
    }
    #expect(Set(rowsByNode.map { vectors[Int($0[0])] }).count == graph.count)
  }

  private func reached(from start: UInt32, in graph: GraphLinks) -> Int {
    var reached: Set<UInt32> = [start]
    var queue = [start]
    while let node = queue.popLast() {
      for neighbor in graph.neighbors(of: Int(node)) where reached.insert(neighbor).inserted {
        queue.append(neighbor)
      }
    }
    return reached.count
  }

  @Test(arguments: Metric.allCases, Difficulty.allCases)
  func linksOfBytes(metric: Metric, difficulty: Difficulty) throws {
    let values = difficulty.values
    for parameters: Parameters in [
      ["codec": "sq8"], ["codec": "sq8", "M": 1], ["codec": "sq8", "M": 5],
      ["codec": "sq8", "M": 3, "efConstruction": 200], ["codec": "sq8", "efConstruction": 1],
    ] {
      try check(hnsw(values, dimension: Self.dimension, metric, parameters), values, metric)
    }
  }

  @Test(arguments: GraphCase.all, Difficulty.allCases)
  func everyCodecAndLayout(_ graphCase: GraphCase, difficulty: Difficulty) throws {
    let values = difficulty.values
    for metric in Metric.allCases {
      let index = try hnsw(values, dimension: Self.dimension, metric, graphCase.parameters)
      try check(index, values, metric)
      // What was asked for, and nothing left open.
      for entry in graphCase.parameters.entries where entry.value != "auto" {
        #expect(index.summary.parameters[entry.name] == entry.value)
      }
      #expect(!"\(index.summary.parameters)".contains("auto"))
    }
  }

  @Test(arguments: [100, 128, 200, 512])
  func moreLinksThanCandidates(half: Int) throws {
    let values = SyntheticVectors.clustered(1_200, dimension: Self.dimension)
    for layout: ParameterValue in ["slim", "fat"] {
      let parameters: Parameters = ["codec": "rabitq", "layout": layout, "M": .integer(half)]
      let index = try hnsw(values, dimension: Self.dimension, .squaredL2, parameters)
      #expect(index.graph.degree >= 2 * half)
      try check(index, values, .squaredL2)
    }
  }

  @Test func copiesShareANode() throws {
    let kinds = SyntheticVectors.uniform(40, dimension: Self.dimension)
    let values = (0..<15).flatMap { _ in kinds }
    let index = try hnsw(values, dimension: Self.dimension, .squaredL2)
    #expect(index.graph.count == 40)
    #expect(Set(index.rowsByNode) == Set((0..<40).map { kind in (0..<15).map { kind + 40 * $0 } }))
    // For the angle alone, multiples by powers of two are copies too.
    let scaled = kinds + kinds.map { 4 * $0 }
    #expect(try hnsw(scaled, dimension: Self.dimension, .cosine).graph.count == 40)
    #expect(try hnsw(scaled, dimension: Self.dimension, .innerProduct).graph.count == 80)
  }

  @Test func linksAreDiverse() throws {
    // Points on a line: whatever lies behind a chosen neighbor is nearer to it than to the node.
    let line = (0..<500).flatMap { [Float($0), Float(0)] }
    let index = try hnsw(line, dimension: 2, .squaredL2, ["codec": "f32", "M": 8])
    let places = Dictionary(
      uniqueKeysWithValues: index.rowsByNode.enumerated().map { ($1[0], $0) }
    )
    let node = try #require(places[250])
    let near = index.graph.neighbors(of: node).map { index.rowsByNode[Int($0)][0] }
    #expect(Set(near).isSuperset(of: [249, 251]))
    let degrees = (0..<500).map { index.graph.neighbors(of: $0).count }
    #expect(degrees.reduce(0, +) < 500 * 12)
  }

  @Test func anotherSeedMakesAnotherGraph() throws {
    let values = SyntheticVectors.clustered(700, dimension: Self.dimension)
    let one = try hnsw(values, dimension: Self.dimension, .cosine, ["codec": "sq8"], seed: 1)
    let other = try hnsw(values, dimension: Self.dimension, .cosine, ["codec": "sq8"], seed: 2)
    #expect(one.graph.links != other.graph.links)
  }
}
