import Testing
import VectorCore

@Suite("Errors")
struct FailureTests {
  @Test("a file's error is one line: path, place, reason, remedy")
  func fileError() {
    let full = FileError(.badData, path: "a", place: "row 1", reason: "wrong", remedy: "mend it")
    #expect(full.description == "a: row 1: wrong; mend it")
    #expect(FileError(.badData, path: "a", reason: "wrong").description == "a: wrong")
  }

  @Test("what a message quotes neither breaks its line nor commands a terminal")
  func controlCharacters() {
    let error = FileError(
      .badData,
      path: "a\nb",
      place: "'\u{1B}[2J'",
      reason: "\r\u{2028}é\t\u{85}"
    )
    #expect(error.description == #"a\u{A}b: '\u{1B}[2J': \u{D}\u{2028}é\u{9}\u{85}"#)
  }

  @Test("kinds are the exit codes of sysexits")
  func kinds() {
    #expect(FailureKind.usage.rawValue == 64 && FailureKind.badData.rawValue == 65)
    #expect(FailureKind.missingInput.rawValue == 66 && FailureKind.internal.rawValue == 70)
    #expect(FailureKind.inputOutput.rawValue == 74)
    #expect(IndexError.unknownBackend(name: "x", known: []).kind == .usage)
    #expect(IndexError.invalidParameter(name: "k", value: "0", allowed: "1").kind == .usage)
    #expect(IndexError.emptySet(what: "x").kind == .badData)
  }

  @Test("every index error is one line with its values and a remedy")
  func indexErrors() {
    let all: [(IndexError, String)] = [
      (
        .dimensionMismatch(what: "queries", expected: 3, actual: 4),
        "queries: dimension 4, but 3 is expected; use vectors of the same model as the index"
      ),
      (.unknownBackend(name: "x", known: ["a", "b"]), "no backend 'x'; there are a, b"),
      (
        .notFinite(what: "a", row: 1, column: 2),
        "a: row 1, column 2: not a finite number; remove or repair this vector"
      ),
      (
        .zeroVector(what: "a", row: 1),
        "a: row 1: an all-zero vector has no cosine; remove it or use --metric ip or l2"
      ),
      (.emptySet(what: "a"), "a: holds no vectors; at least one is needed"),
      (
        .tooManyVectors(count: 9, limit: 8),
        "9 vectors are more than the 8 that one index can hold; split the set"
      ),
      (
        .tooFewVectors(what: "nlist=4", count: 3, needed: 4),
        "nlist=4 needs at least 4 vectors to train, but there are 3; "
          + "lower the parameter or use another backend"
      ),
    ]
    for (error, expected) in all { #expect(error.description == expected) }
  }
}
