import IndexStore
import Testing
import VectorCore

@Suite struct RecallCurveTests {
  private func table(_ k: Int, _ bounds: KeyValuePairs<ParameterValue, Double>) -> RecallCurve.Table
  {
    RecallCurve.Table(
      k: k,
      points: bounds.map {
        RecallCurve.Point(value: $0, recall: min(1, $1 + 0.01), lowerBound: $1)
      }
    )
  }

  private func curve(_ tables: RecallCurve.Table..., parameter: String = "efSearch") -> RecallCurve
  {
    RecallCurve(
      parameter: parameter,
      target: 0.9,
      queryCount: 1_000,
      querySource: .heldOut,
      tables: tables
    )
  }

  private var whole: RecallCurve {
    curve(table(10, [10: 0.5, 20: 0.8, 40: 0.9]), table(100, [10: 0.4, 20: 0.6, 40: 0.85]))
  }

  @Test(arguments: [
    (0.3, 10), (0.5, 10), (0.501, 11), (0.65, 15), (0.66, 16), (0.8, 20), (0.85, 30), (0.9, 40),
  ])
  func takesTheCheapestAndRoundsUp(_ target: Double, _ expected: Int) throws {
    #expect(try whole.setting(reaching: target, k: 10) == .integer(expected))
  }

  @Test func realValuesLieBetween() throws {
    let curve = curve(table(10, [0.0: 0.5, 0.25: 0.75, 1.5: 0.95]), parameter: "margin")
    #expect(try curve.setting(reaching: 0.5, k: 1) == .real(0))
    #expect(try curve.setting(reaching: 0.625, k: 1) == .real(0.125))
    #expect(try curve.setting(reaching: 0.95, k: 1) == .real(1.5))
  }

  @Test func aBoundThatFallsAgainDoesNotMislead() throws {
    let bumpy = curve(table(10, [10: 0.5, 20: 0.8, 40: 0.7, 80: 0.9]))
    #expect(try bumpy.setting(reaching: 0.75, k: 10) == .integer(19))
    #expect(try bumpy.setting(reaching: 0.85, k: 10) == .integer(70))
  }

  @Test func theNextLargerKAnswers() throws {
    #expect(try whole.setting(reaching: 0.5, k: 1) == .integer(10))
    #expect(try whole.setting(reaching: 0.5, k: 11) == .integer(15))
    let error = #expect(throws: RecallError.self) { try whole.setting(reaching: 0.5, k: 101) }
    #expect(error == .kBeyondCurve(k: 101, largest: 100, parameter: "efSearch"))
    #expect(error?.kind == .usage && error?.description.contains("--recall-k 101") == true)
  }

  @Test func targetsBeyondTheCurveNameTheBest() throws {
    let error = #expect(throws: RecallError.self) { try whole.setting(reaching: 0.95, k: 10) }
    let text = try #require(error?.description)
    for part in ["0.95", "k=10", "efSearch=40", "0.91", "0.9", "ask for less"] {
      #expect(text.contains(part), "\(text)")
    }
    // Where the mean is above the target, the queries are too few.
    let few = RecallCurve(
      parameter: "efSearch",
      target: 0.99,
      queryCount: 100,
      querySource: .given,
      tables: [
        RecallCurve.Table(
          k: 1,
          points: [RecallCurve.Point(value: 10, recall: 1, lowerBound: 0.97)]
        )
      ]
    )
    let other = #expect(throws: RecallError.self) { try few.setting(reaching: 0.99, k: 1) }
    #expect(other?.description.contains("at least 299") == true)
    #expect(try few.defaultSetting(k: 1) == .integer(10))
  }

  @Test(arguments: [0, 1, -0.1, 1.5, .nan, .infinity])
  func targetsThatMakeNoSense(_ target: Double) {
    #expect(throws: IndexError.self) { try whole.setting(reaching: target, k: 10) }
  }

  @Test func translatesWhatASearchAsksFor() throws {
    let index = TunedIndex(FakeIndex(count: 5_000), curve: whole)
    #expect(try index.searchParameters([:], k: 10) == ["efSearch": 40])
    #expect(try index.searchParameters(["recall": 0.65], k: 10) == ["efSearch": 15])
    #expect(try index.searchParameters(["efSearch": 7], k: 1_000) == ["efSearch": 7])
    #expect(
      try index.searchParameters(["max_codes": 9, "recall": 0.8], k: 10)
        == ["max_codes": 9, "efSearch": 20]
    )
    // The target of 0.9 is beyond the table for 100: the best is taken.
    #expect(try index.searchParameters([:], k: 50) == ["efSearch": 40])
    #expect(throws: RecallError.bothGiven(parameter: "efSearch")) {
      try index.searchParameters(["recall": 0.5, "efSearch": 7], k: 10)
    }
    #expect(throws: IndexError.self) { try index.searchParameters(["recall": "high"], k: 10) }
    #expect(throws: RecallError.self) { try index.searchParameters([:], k: 101) }
  }

  @Test func whoeverAsksForAllGetsThem() throws {
    for (source, removed) in [
      (RecallCurve.QuerySource.heldOut, 40), (.leaveOneOut, 1), (.given, 0),
    ] {
      let curve = RecallCurve(
        parameter: "efSearch",
        target: 0.9,
        queryCount: 40,
        querySource: source,
        tables: [table(100 - removed, [10: 0.4, 20: 0.6])]
      )
      let index = TunedIndex(FakeIndex(count: 100), curve: curve)
      #expect(try index.searchParameters([:], k: 100) == ["efSearch": 20])
    }
  }

  @Test func wrappingTwiceKeepsOneCurve() throws {
    let once = TunedIndex(FakeIndex(), curve: whole)
    let twice = TunedIndex(once, curve: curve(table(1, [1: 0.1])))
    #expect(twice.base is FakeIndex)
    #expect(twice.curve.tables.count == 1)
  }

  @Test func withoutACurveTheRemedyIsNamed() {
    let sweep = ParameterDescription(
      "efSearch",
      .integer(1...9),
      default: 1,
      sweep: [1, 2],
      "width"
    )
    let asked: Parameters = ["recall": 0.9]
    #expect(throws: IndexError.noRecallCurve(owner: "hnsw", tunable: true)) {
      try asked.resolved(against: [sweep], owner: "hnsw")
    }
    #expect(throws: IndexError.noRecallCurve(owner: "flat", tunable: false)) {
      try asked.resolved(against: [], owner: "flat")
    }
    let text = IndexError.noRecallCurve(owner: "hnsw", tunable: true).description
    #expect(text.contains("build it again with --recall"))
  }
}
