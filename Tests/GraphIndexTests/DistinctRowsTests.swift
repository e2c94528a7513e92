import GraphIndex
import TestSupport
import Testing
import VectorCore

@Suite struct DistinctRowsTests {
  @Test func setsWithoutCopiesAreLeftAlone() throws {
    let set = seededVectors(count: 3_000, dimension: 5, seed: 1)
    let distinct = try DistinctRows(of: set, metric: .squaredL2, threads: 2)
    #expect(distinct.copies.isEmpty)
    #expect(distinct.rows == (0..<3_000).map { UInt32($0) })
    let nodes = distinct.nodes(inOrder: [2, 0, 1])
    #expect(nodes.starts == nil && nodes.count == 3 && nodes.firstRows == [2, 0, 1])
    #expect(nodes.places(of: 2) == 2..<3)
  }

  @Test(arguments: [1, 3])
  func copiesFollowTheFirstRow(threads: Int) throws {
    let a: [Float] = [1, 2]
    let b: [Float] = [3, 4]
    let c: [Float] = [5, 6]
    let set = VectorSet([b, a, b, c, a, a].flatMap { $0 }, dimension: 2)
    let distinct = try DistinctRows(of: set, metric: .squaredL2, threads: threads)
    #expect(distinct.rows == [0, 1, 3])
    #expect(distinct.copies == [0: [2], 1: [4, 5]])
    // The order is that of places in `rows`: c, a, b.
    let nodes = distinct.nodes(inOrder: [2, 1, 0])
    #expect(nodes.count == 3 && nodes.firstRows == [3, 1, 0])
    #expect((0..<6).map { nodes.rows[$0] } == [3, 1, 4, 5, 0, 2])
    #expect((0..<3).map { nodes.places(of: $0) } == [0..<1, 1..<4, 4..<6])
  }

  @Test func everyCopyOfManyIsFound() throws {
    let kinds = SyntheticVectors.uniform(70, dimension: 3)
    let values = (0..<60).flatMap { _ in kinds }
    let distinct = try DistinctRows(
      of: VectorSet(values, dimension: 3),
      metric: .innerProduct,
      threads: 2
    )
    #expect(distinct.rows == (0..<70).map { UInt32($0) })
    for kind in UInt32(0)..<70 {
      #expect(distinct.copies[kind] == (1..<60).map { kind + 70 * $0 })
    }
  }

  @Test func cosineComparesDirections() throws {
    let set = VectorSet([1, 2, 2, 4, 3, 1], dimension: 2)
    let metrics: [(Metric, Int)] = [(.cosine, 2), (.squaredL2, 3), (.innerProduct, 3)]
    for (metric, count) in metrics {
      #expect(try DistinctRows(of: set, metric: metric, threads: 1).rows.count == count)
    }
  }
}
