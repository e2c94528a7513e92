import Needletail
import Testing

@Suite struct IndexSpecificationTests {
  private static let names = (backends + gpuBackends).map { $0.name }

  @Test func backendNamesAreUnique() {
    #expect(Set(Self.names).count == Self.names.count)
  }

  @Test func everyBackendAndParameterIsDescribed() {
    for backend in backends + gpuBackends {
      #expect(!backend.summary.isEmpty, "\(backend.name)")
      for parameter in backend.buildParameters + backend.searchParameters {
        #expect(!parameter.summary.isEmpty, "\(backend.name) \(parameter.name)")
        #expect(parameter.name != Parameters.recallName, "taken by searches for a recall")
      }
    }
  }

  @Test func defaultsAreAllowed() throws {
    for backend in backends + gpuBackends {
      for parameters in [backend.buildParameters, backend.searchParameters] {
        let given: Parameters = [:]
        _ = try given.resolved(against: parameters, owner: backend.name)
      }
    }
  }

  @Test func sweepsAreAllowedAndRise() throws {
    for backend in backends + gpuBackends {
      for parameter in backend.searchParameters where !parameter.sweep.isEmpty {
        let numbers = parameter.sweep.compactMap(\.number)
        #expect(numbers.count == parameter.sweep.count, "\(backend.name)")
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }, "\(backend.name)")
        for value in parameter.sweep {
          let given = try Parameters(parsing: "\(parameter.name)=\(value)")
          _ = try given.resolved(against: backend.searchParameters, owner: backend.name)
        }
      }
    }
  }

  @Test(arguments: ["flat", "hnsw", "hnsw:M=32", "hnsw:M=32,efConstruction=100"])
  func readsWhatItWrites(_ text: String) throws {
    let specification = try IndexSpecification(parsing: text)
    #expect(specification.description == text)
  }

  @Test func namesWhatDoesNotExist() {
    #expect(
      throws: IndexError.unknownBackend(name: "hsnw", known: Self.names)
    ) {
      try IndexSpecification(parsing: "hsnw:M=3")
    }
    #expect(throws: IndexError.unknownBackend(name: "", known: Self.names)) {
      try IndexSpecification(parsing: "")
    }
    #expect(throws: IndexError.self) { try IndexSpecification(parsing: "hnsw:m=3") }
    #expect(throws: IndexError.self) { try IndexSpecification(parsing: "hnsw:M") }
    #expect(throws: IndexError.self) { try IndexSpecification(parsing: "hnsw:M=8,M=9") }
    #expect(throws: IndexError.self) { try IndexSpecification(parsing: "hnsw:M=eight") }
  }

  @Test func threadsBelowOneAreRefused() {
    #expect(
      throws: IndexError.invalidParameter(name: "threads", value: "0", allowed: "at least 1")
    ) {
      try buildIndex(over: ContractCase.vectors, "flat", metric: .cosine, threads: 0)
    }
  }
}
