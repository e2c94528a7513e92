import Benchmarking
import Testing
import VectorCore

struct BenchmarkPlanTests {
  private func settings(_ candidate: BenchmarkCandidate) -> [String] {
    candidate.settings.map(\.description)
  }

  @Test func sweepsTheFirstParameterThatDescribesASweep() throws {
    let candidate = try BenchmarkCandidate(sweeping: ScanBackend.self)
    #expect(settings(candidate) == ["scan=10,extra=0", "scan=50,extra=0", "scan=100,extra=0"])
  }

  @Test func triesEveryCombinationOfAGivenSweep() throws {
    let candidate = try BenchmarkCandidate(
      sweeping: ScanBackend.self,
      sweep: ["extra": [1, 2], "scan": [20, 40], "nprobe": [1]]
    )
    #expect(
      settings(candidate)
        == ["scan=20,extra=1", "scan=20,extra=2", "scan=40,extra=1", "scan=40,extra=2"]
    )
  }

  @Test func holdsFixedParameters() throws {
    let candidate = try BenchmarkCandidate(
      sweeping: ScanBackend.self,
      fixed: ["extra": 5, "efSearch": 1]
    )
    #expect(settings(candidate) == ["scan=10,extra=5", "scan=50,extra=5", "scan=100,extra=5"])
    let still = try BenchmarkCandidate(sweeping: ScanBackend.self, fixed: ["scan": 30])
    #expect(settings(still) == ["scan=30,extra=0"])
  }

  @Test func refusesUnknownNamesBeforeAnythingIsBuilt() {
    #expect(throws: IndexError.self) {
      try BenchmarkCandidate(ScanBackend.self, parameters: ["M": 1], settings: [])
    }
    #expect(throws: IndexError.self) {
      try BenchmarkCandidate(ScanBackend.self, settings: [["scan": 101]])
    }
    #expect(
      throws: IndexError.unknownParameter(name: "typo", owner: "scan", known: ["scan", "extra"])
    ) {
      try BenchmarkCandidate.candidates([(ScanBackend.self, [:])], sweep: ["typo": [1]])
    }
  }
}
