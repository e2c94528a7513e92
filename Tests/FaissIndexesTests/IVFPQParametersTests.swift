import FaissIndexes
import Testing
import VectorCore

@Suite struct IVFPQParametersTests {
  private func choose(
    _ parameters: Parameters = [:],
    count: Int,
    dimension: Int
  ) throws -> IVFPQParameters {
    let resolved = try parameters.resolved(
      against: FaissIVFPQBackend.buildParameters,
      owner: FaissIVFPQBackend.name
    )
    return try IVFPQParameters(resolved, count: count, dimension: dimension)
  }

  @Test(arguments: [
    (1, 50, 1, 25, 1), (2, 50, 2, 25, 1), (3, 1, 3, 1, 1), (255, 384, 64, 64, 7),
    (256, 768, 64, 64, 8), (4000, 50, 253, 25, 8), (390_000, 300, 2498, 60, 8),
    (1_000_000, 97, 4000, 97, 8),
  ])
  func choosesFromCountAndDimension(
    count: Int,
    dimension: Int,
    nlist: Int,
    m: Int,
    nbits: Int
  ) throws {
    let chosen = try choose(count: count, dimension: dimension)
    #expect(chosen.nlist == nlist)
    #expect(chosen.m == m)
    #expect(chosen.nbits == nbits)
  }

  @Test func keepsWhatIsGiven() throws {
    let chosen = try choose(
      ["nlist": 7, "m": 5, "nbits": 3, "niter": 4, "pq_niter": 6, "by_residual": 0],
      count: 100,
      dimension: 50
    )
    #expect((chosen.nlist, chosen.m, chosen.nbits) == (7, 5, 3))
    #expect((chosen.niter, chosen.pqNiter, chosen.byResidual) == (4, 6, false))
  }

  @Test func moreCellsThanVectorsIsAnError() {
    #expect(
      throws: IndexError.tooFewVectors(
        what: "faiss-ivfpq with nlist=4096",
        count: 300,
        needed: 4096
      )
    ) { try choose(["nlist": 4096], count: 300, dimension: 50) }
  }

  @Test func moreCodesThanVectorsIsAnError() {
    #expect(
      throws: IndexError.tooFewVectors(what: "faiss-ivfpq with nbits=8", count: 255, needed: 256)
    ) { try choose(["nbits": 8], count: 255, dimension: 50) }
  }

  @Test func subquantizersMustDivideTheDimension() {
    #expect(
      throws: IndexError.invalidParameter(
        name: "m",
        value: "7",
        allowed: "a divisor of the dimension 50: 1, 2, 5, 10, 25, 50"
      )
    ) { try choose(["m": 7], count: 300, dimension: 50) }
    #expect(throws: IndexError.self) { try choose(["m": 100], count: 300, dimension: 50) }
  }
}
