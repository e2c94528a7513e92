import Testing
import VectorCore

@Suite("Parameters")
struct ParametersTests {
  @Test func sweepsTakeWholeAndRealNumbers() {
    let margin = ParameterDescription(
      "margin",
      .real(0...1),
      default: 0.5,
      sweep: [0, 0.25, 0.5],
      "how much to look beyond"
    )
    #expect(margin.sweep.compactMap(\.number) == [0, 0.25, 0.5])
    #expect(ParameterValue.text("all").number == nil)
  }

  private let known = [
    ParameterDescription("M", .integer(2...64), default: 16, "links"),
    ParameterDescription("alpha", .real(0.5...2), default: 1, "slack"),
    ParameterDescription("codec", .choice(["f32", "sq8"]), default: "f32", "codes"),
  ]

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test("a text is read into values of the narrowest kind and written back the same")
  func parsing() throws {
    let parameters = try Parameters(parsing: "M=32,alpha=1.5,codec=sq8,x=a=b")
    #expect(parameters["M"] == .integer(32))
    #expect(parameters["alpha"] == .real(1.5))
    #expect(parameters["codec"] == .text("sq8"))
    #expect(parameters["x"] == .text("a=b"))
    #expect(parameters["y"] == nil)
    #expect(parameters.description == "M=32,alpha=1.5,codec=sq8,x=a=b")
    #expect(try Parameters(parsing: "") == [:])
    #expect(ParameterValue(parsing: "nan") == .text("nan"))
    #expect(ParameterValue(parsing: "inf") == .text("inf"))
    #expect(ParameterValue(parsing: "1e999") == .text("1e999"))
    #expect(ParameterValue(parsing: "-7") == .integer(-7))
  }

  @Test("malformed texts are refused", arguments: ["M", "M=", "=3", "M=1,", ",M=1", "M=1,,a=2"])
  func malformed(text: String) {
    #expect(throws: IndexError.self) { try Parameters(parsing: text) }
  }

  @Test("a name given twice is refused")
  func twice() {
    #expect(
      message { _ = try Parameters(parsing: "M=1,M=2") }
        == "M=2 is not allowed; M is given once only"
    )
  }

  @Test("values are replaced and removed in place")
  func subscripts() {
    var parameters: Parameters = ["a": 1, "b": 2.5, "a": 3]
    #expect(parameters.description == "a=3,b=2.5")
    parameters["a"] = nil
    parameters["missing"] = nil
    parameters["c"] = "x"
    #expect(parameters.description == "b=2.5,c=x")
  }

  @Test("what is not given gets its default, in the order of the descriptions")
  func defaults() throws {
    let resolved = try (["codec": "sq8"] as Parameters).resolved(against: known, owner: "hnsw")
    #expect(resolved.description == "M=16,alpha=1,codec=sq8")
    #expect(resolved.integer("M") == 16)
    #expect(resolved.text("codec") == "sq8")
  }

  @Test("unknown names and values out of their domain are refused with what is allowed")
  func refused() {
    #expect(
      message { _ = try (["m": 3] as Parameters).resolved(against: known, owner: "hnsw") }
        == "hnsw has no parameter 'm'; it knows M, alpha, codec"
    )
    #expect(
      message { _ = try (["m": 3] as Parameters).resolved(against: [], owner: "flat") }
        == "flat has no parameter 'm'; it knows none"
    )
    let cases: [(Parameters, String)] = [
      (["M": 1], "M=1 is not allowed; M is a whole number from 2 to 64"),
      (["M": 65], "M=65 is not allowed; M is a whole number from 2 to 64"),
      (["M": 3.5], "M=3.5 is not allowed; M is a whole number from 2 to 64"),
      (["M": "x"], "M=x is not allowed; M is a whole number from 2 to 64"),
      (["alpha": 3], "alpha=3 is not allowed; alpha is a number from 0.5 to 2.0"),
      (["alpha": "nan"], "alpha=nan is not allowed; alpha is a number from 0.5 to 2.0"),
      (["codec": "pq"], "codec=pq is not allowed; codec is one of f32, sq8"),
    ]
    for (parameters, expected) in cases {
      #expect(message { _ = try parameters.resolved(against: known, owner: "hnsw") } == expected)
    }
  }
}
