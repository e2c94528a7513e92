import FaissIndexes
import IndexStore
import Testing
import VectorCore

@Suite struct FaissHandleTests {
  private static let ivfpq = FaissDescription.Kind.ivfpq(
    IVFPQParameters(
      nlist: 4,
      m: 2,
      nbits: 4,
      niter: 5,
      pqNiter: 5,
      nredo: 1,
      maxPointsPerCentroid: 256,
      byResidual: true
    )
  )
  private static let kinds: [(FaissDescription.Kind, FaissSearch)] = [
    (.flat, .flat), (ivfpq, .ivfpq(nprobe: 4, maxCodes: 0)),
    (.hnsw(links: 4, efConstruction: 20), .hnsw(efSearch: 20)),
  ]

  private func describe(_ kind: FaissDescription.Kind) -> FaissDescription {
    FaissDescription(kind, metric: .squaredL2, dimension: 8, seed: 1)
  }

  private func build(_ kind: FaissDescription.Kind, count: Int = 100) throws -> FaissHandle {
    let values = gaussian(count: count, dimension: 8)
    var builder = try FaissBuilder(describe(kind))
    if case .ivfpq = kind { try builder.train(values, threads: 1) }
    try builder.add(values, threads: 1)
    return try builder.finish()
  }

  /// Adds vectors to an index that was not trained.
  private func failureOfAdding(_ count: Int, threads: Int) throws -> FaissError? {
    var untrained = try FaissBuilder(describe(Self.ivfpq))
    do throws(FaissError) {
      try untrained.add(gaussian(count: count, dimension: 8), threads: threads)
      return nil
    } catch {
      return error
    }
  }

  @Test func addingBeforeTrainingIsAnError() throws {
    let error = try failureOfAdding(10, threads: 1)
    #expect(error?.code == .refused && error?.operation == "add")
    #expect(error?.message.contains("is_trained") == true)
    #expect(error?.message.contains("\n") == false)
  }

  @Test func trainingOnTooLittleIsAnError() throws {
    let builder = try FaissBuilder(describe(Self.ivfpq))
    #expect(throws: FaissError.self) {
      try builder.train(gaussian(count: 3, dimension: 8), threads: 1)
    }
  }

  @Test func trainingWhatIsNotTrainedIsAnError() throws {
    let builder = try FaissBuilder(describe(.flat))
    #expect(throws: FaissError.self) {
      try builder.train(gaussian(count: 30, dimension: 8), threads: 1)
    }
  }

  @Test func descriptionsThatMakeNoSenseAreErrors() {
    let dimensionless = FaissDescription(.flat, metric: .cosine, dimension: 0, seed: 1)
    #expect(throws: FaissError.self) { _ = try FaissBuilder(dimensionless).finish() }
    #expect(throws: FaissError.self) {
      _ = try FaissBuilder(describe(.hnsw(links: 1, efConstruction: 20))).finish()
    }
    var parameters = IVFPQParameters(
      nlist: 4,
      m: 3,
      nbits: 4,
      niter: 5,
      pqNiter: 5,
      nredo: 1,
      maxPointsPerCentroid: 256,
      byResidual: true
    )
    #expect(throws: FaissError.self) { _ = try FaissBuilder(describe(.ivfpq(parameters))).finish() }
    parameters.m = 2
    parameters.nbits = 12
    #expect(throws: FaissError.self) { _ = try FaissBuilder(describe(.ivfpq(parameters))).finish() }
  }

  @Test func searchOfAnotherKindIsAnError() throws {
    let query = gaussian(count: 1, dimension: 8)
    for (number, (kind, _)) in Self.kinds.enumerated() {
      let handle = try build(kind)
      for (other, (_, search)) in Self.kinds.enumerated() where other != number {
        #expect {
          try handle.search(query, k: 1, search)
        } throws: {
          ($0 as? FaissError)?.message == "the index is of another kind"
        }
      }
    }
  }

  @Test func kBeyondReasonIsAnError() throws {
    let query = gaussian(count: 1, dimension: 8)
    for (kind, search) in Self.kinds {
      let handle = try build(kind)
      #expect(throws: FaissError.self) { try handle.search(query, k: 0, search) }
    }
    #expect(throws: FaissError.self) { try build(.flat).search(query, k: 101, .flat) }
  }

  @Test func noQueriesHaveNoResults() throws {
    for (kind, search) in Self.kinds {
      #expect(try build(kind).search([], k: 3, search).counts == [])
    }
  }

  @Test func threadCountIsPutBack() throws {
    let before = FaissLibrary.threadCount
    let values = gaussian(count: 100, dimension: 8)
    for (kind, search) in Self.kinds {
      var builder = try FaissBuilder(describe(kind))
      if case .ivfpq = kind { try builder.train(values, threads: before + 3) }
      #expect(FaissLibrary.threadCount == before)
      try builder.add(values, threads: before + 2)
      #expect(FaissLibrary.threadCount == before)
      let handle = try builder.finish()
      _ = try handle.search(values, k: 3, search)
      #expect(FaissLibrary.threadCount == before)
      let bytes = try handle.serialized()
      _ = try FaissHandle(bytes, as: describe(kind), count: 100)
      #expect(FaissLibrary.threadCount == before)
    }
    // Also where the call fails.
    #expect(try failureOfAdding(100, threads: before + 1) != nil)
    #expect(FaissLibrary.threadCount == before)
  }

  @Test func bytesReadBackAnswerAlike() throws {
    let queries = gaussian(count: 40, dimension: 8, seed: 2)
    for (kind, search) in Self.kinds {
      let handle = try build(kind)
      let bytes = try handle.serialized()
      let read = try FaissHandle(bytes, as: describe(kind), count: 100)
      #expect(read.count == 100)
      let (expected, found) = try (
        handle.search(queries, k: 7, search), read.search(queries, k: 7, search)
      )
      #expect(found.rows == expected.rows)
      #expect(found.distances == expected.distances)
      #expect(try read.serialized() == bytes)
    }
  }
}
