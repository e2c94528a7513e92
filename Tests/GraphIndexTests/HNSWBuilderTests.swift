import GraphIndex
import IndexStore
import TestSupport
import Testing
import VectorCore

private func build(
  _ values: [Float],
  dimension: Int,
  metric: Metric = .squaredL2,
  parameters: Parameters = [:],
  threads: Int = 2,
  seed: UInt64 = 42
) throws -> HNSWIndex {
  let index = try HNSWBackend.makeIndex(
    over: VectorSet(values, dimension: dimension),
    parameters: parameters,
    options: BuildOptions(metric: metric, threads: threads, seed: seed)
  )
  return try #require(index as? HNSWIndex)
}

/// Degrees, range, no self links, no link twice, and every row reachable from the entry point.
private func checkInvariants(_ graph: HNSWGraph, links: Int) {
  for (level, layer) in graph.layers.enumerated() {
    #expect(layer.degree == (level == 0 ? 2 * links : links))
    for node in 0..<layer.count {
      let neighbors = layer.neighbors(of: node)
      #expect(neighbors.allSatisfy { Int($0) < layer.count && Int($0) != node })
      #expect(Set(neighbors).count == neighbors.count)
      // Unused places stand at the end only.
      let places = (0..<layer.degree).map { layer.links[node * layer.degree + $0] }
      #expect(places.prefix(neighbors.count).allSatisfy { $0 != GraphLayer.none })
    }
  }
  var reached: Set<UInt32> = [graph.entryRow]
  var queue = [graph.entryRow]
  while let node = queue.popLast() {
    for neighbor in graph.layers[0].neighbors(of: Int(node))
    where reached.insert(neighbor).inserted {
      queue.append(neighbor)
    }
  }
  #expect(reached.count == graph.layers[0].count)
}

@Test(arguments: [1, 2, 3, 10, 33, 1000])
func graphsOfAnySizeKeepTheInvariants(count: Int) throws {
  let vectors = SyntheticVectors.clustered(count, dimension: 12)
  for links in [2, 5, 16] {
    let index = try build(vectors, dimension: 12, parameters: ["M": .integer(links)])
    checkInvariants(index.graph, links: links)
  }
}

@Test(arguments: Metric.allCases)
func difficultSetsKeepTheInvariants(metric: Metric) throws {
  let dimension = 8
  let equal = [Float](repeating: 0.25, count: 2000 * dimension)
  let clusters = SyntheticVectors.clustered(2000, dimension: dimension, clusters: 2)
    .enumerated().map { $1 + ($0 / dimension).isMultipleOf2 * 1000 }
  let line = (0..<2000).flatMap { row in (0..<dimension).map { _ in Float(row + 1) } }
  for vectors in [equal, clusters, line, equal + clusters] {
    let index = try build(vectors, dimension: dimension, metric: metric, parameters: ["M": 4])
    checkInvariants(index.graph, links: 4)
  }
}

@Test func everyCopyOfOneVectorIsFound() throws {
  let vectors = [Float](repeating: 1, count: 600 * 4)
  let index = try build(vectors, dimension: 4, parameters: ["M": 4, "efConstruction": 20])
  let found = try index.search([1, 1, 1, 1].span, k: 600)
  #expect(Set(found[0].map(\.id)).count == 600)
}

@Test func threadsDoNotChangeTheGraph() throws {
  let vectors = SyntheticVectors.clustered(3000, dimension: 24)
  let one = try build(vectors, dimension: 24, threads: 1).graph
  for threads in [2, 5] {
    let other = try build(vectors, dimension: 24, threads: threads).graph
    #expect(other.entry == one.entry)
    #expect(other.layers.map(\.links) == one.layers.map(\.links))
    #expect(other.layers.map(\.rows) == one.layers.map(\.rows))
  }
  let otherSeed = try build(vectors, dimension: 24, seed: 43).graph
  #expect(otherSeed.layers[0].links != one.layers[0].links)
}

@Test func linksAreDiverse() throws {
  // Points on a line: whatever lies behind a chosen neighbour is nearer to it than to the node.
  let line = (0..<500).map { Float($0) }
  let index = try build(line, dimension: 1, parameters: ["M": 8])
  let perNode = (0..<500).map { index.graph.layers[0].neighbors(of: $0).count }
  #expect(perNode.reduce(0, +) < 500 * 8)
  #expect(Set(index.graph.layers[0].neighbors(of: 250)).isSuperset(of: [249, 251]))
}

extension Int {
  fileprivate var isMultipleOf2: Float { isMultiple(of: 2) ? 1 : 0 }
}
