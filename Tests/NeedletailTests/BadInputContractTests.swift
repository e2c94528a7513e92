import Needletail
import TestSupport
import Testing

/// Every backend refuses bad vectors and parameters with the same errors.
@Suite struct BadInputContractTests {
  @Test(arguments: ContractCase.all)
  func anotherDimension(_ contract: ContractCase) throws {
    let index = try contract.build()
    let queries = seededVectors(count: 2, dimension: 17, seed: 5, name: "longer")
    #expect(
      throws: IndexError.dimensionMismatch(what: "longer", expected: 16, actual: 17)
    ) {
      try index.search(queries, k: 1)
    }
    let short: [Float] = [1, 2, 3]
    #expect(throws: IndexError.self) { try index.search(short.span, k: 1) }
  }

  @Test(arguments: ContractCase.all, [Float.nan, .infinity, -.infinity])
  func valuesThatAreNoNumbers(_ contract: ContractCase, _ bad: Float) throws {
    var base = try values(of: ContractCase.vectors)
    base[16 * 7 + 3] = bad
    let error = IndexError.notFinite(what: "broken", row: 7, column: 3)
    #expect(throws: error) {
      try contract.build(VectorSet(base, dimension: 16, name: "broken"))
    }
    let index = try contract.build()
    #expect(throws: error) {
      try index.search(VectorSet(Array(base[..<(16 * 8)]), dimension: 16, name: "broken"), k: 1)
    }
  }

  @Test(arguments: ContractCase.all)
  func zeroVectors(_ contract: ContractCase) throws {
    var base = try values(of: ContractCase.vectors)
    for column in 0..<16 { base[16 * 9 + column] = 0 }
    let set = VectorSet(base, dimension: 16, name: "zero")
    let zero = VectorSet([Float](repeating: 0, count: 16), dimension: 16, name: "zero")
    guard contract.metric == .cosine else {
      // Only a cosine is undefined for them.
      #expect(try contract.build(set).search(zero, k: 3).counts == [3])
      return
    }
    #expect(throws: IndexError.zeroVector(what: "zero", row: 9)) { try contract.build(set) }
    let index = try contract.build()
    #expect(throws: IndexError.zeroVector(what: "zero", row: 0)) { try index.search(zero, k: 1) }
  }

  @Test(arguments: ContractCase.all)
  func anEmptySet(_ contract: ContractCase) throws {
    #expect(throws: IndexError.emptySet(what: "nothing")) {
      try contract.build(VectorSet([], dimension: 16, name: "nothing"))
    }
  }

  @Test(arguments: ContractCase.all)
  func kAndThreadsBelowOne(_ contract: ContractCase) throws {
    let index = try contract.build()
    for k in [0, -1] {
      #expect(
        throws: IndexError.invalidParameter(name: "k", value: "\(k)", allowed: "at least 1")
      ) {
        try index.search(ContractCase.queries, k: k)
      }
    }
    #expect(
      throws: IndexError.invalidParameter(name: "threads", value: "0", allowed: "at least 1")
    ) {
      try index.search(ContractCase.queries, k: 1, threads: 0)
    }
  }

  @Test(arguments: ContractCase.all)
  func unknownParameters(_ contract: ContractCase) throws {
    let backend = contract.backend
    #expect(
      throws: IndexError.unknownParameter(
        name: "wings",
        owner: backend.name,
        known: backend.buildParameters.map(\.name)
      )
    ) {
      try buildIndex(
        over: ContractCase.vectors,
        "\(backend.name):wings=2",
        metric: contract.metric
      )
    }
    let index = try contract.build()
    #expect(
      throws: IndexError.unknownParameter(
        name: "wings",
        owner: backend.name,
        known: backend.searchParameters.map(\.name)
      )
    ) {
      try index.search(ContractCase.queries, k: 1, parameters: ["wings": 2])
    }
  }

  @Test(arguments: ContractCase.all)
  func parametersOutOfRange(_ contract: ContractCase) throws {
    let index = try contract.build()
    for parameter in contract.backend.searchParameters {
      guard case .integer(let range) = parameter.domain else { continue }
      for value in [range.lowerBound - 1, range.upperBound + 1] {
        #expect(throws: IndexError.self) {
          try index.search(
            ContractCase.queries,
            k: 1,
            parameters: try Parameters(parsing: "\(parameter.name)=\(value)")
          )
        }
      }
    }
    for parameter in contract.backend.buildParameters {
      guard case .integer(let range) = parameter.domain else { continue }
      #expect(throws: IndexError.self) {
        try buildIndex(
          over: ContractCase.vectors,
          "\(contract.backend.name):\(parameter.name)=\(range.upperBound + 1)",
          metric: contract.metric
        )
      }
    }
  }
}
