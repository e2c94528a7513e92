import TestSupport
import Testing

@testable import TrainingData

@Suite struct RecordContentTests {
  private func parsed(_ line: String) throws -> RecordContent {
    try RecordContent(parsing: Array(line.utf8))
  }

  @Test func recordsOfIDsAreReadAndWritten() throws {
    let lines = [
      #"{"qid":"q1","pos":["p1","p2"],"neg":["007"]}"#,
      #"{"qid":"ä\"\\","pos":["p/1"],"neg":[]}"#,
      #"{"qid":"1","pos":["2"],"neg":["3","4"],"pos_scores":[12.5],"neg_scores":[1e-05,-0.25]}"#,
    ]
    for line in lines {
      #expect(String(decoding: try parsed(line).line, as: UTF8.self) == line + "\n")
    }
    guard case .ids(let record) = try parsed(lines[2]) else {
      throw RecordContent.Fault(reason: "")
    }
    #expect(record.positives == ["2"])
    #expect(record.negativeScores == [1e-5, -0.25])
  }

  @Test func spacesAndOrderDoNotMatter() throws {
    let record = TrainingRecord(query: "q", positives: ["a"], negatives: ["b"])
    #expect(
      try parsed(#" { "neg" : [ "b" ], "qid":"q", "pos":["a"], "pos_scores":null } "#)
        == .ids(record)
    )
  }

  @Test func recordsOfTokensAreWrittenAsPythonDoes() throws {
    let line = #"{"query": [1, 20], "positives": [[3], []], "negatives": []}"#
    let content = try parsed(line)
    #expect(content == .tokens(query: [1, 20], positives: [[3], []], negatives: []))
    #expect(String(decoding: content.line, as: UTF8.self) == line + "\n")
  }

  @Test(arguments: [
    ("", "the line is empty"), ("{", "byte 2"), ("[]", "a list, not an object"),
    ("{}", "lacks 'qid'"), (#"{"qid":1,"pos":["a"],"neg":[]}"#, "'qid' is a number, not a text"),
    (#"{"qid":"q","neg":[]}"#, "lacks 'pos'"), (#"{"qid":"q","pos":["a"]}"#, "lacks 'neg'"),
    (#"{"qid":"q","pos":[],"neg":["a"]}"#, "no positive"),
    (#"{"qid":"q","pos":["a",1],"neg":[]}"#, "'pos' holds more than texts"),
    (#"{"qid":"q","pos":["a"],"neg":[],"negs":[]}"#, "'negs', which no record has"),
    (#"{"qid":"q","pos":["a"],"neg":[],"query":[1]}"#, "'qid', which no record has"),
    (#"{"qid":"q","pos":["a"],"neg":["b"],"neg_scores":[1,2]}"#, "2 scores for 1 passages"),
    (#"{"qid":"q","pos":["a"],"neg":[],"pos_scores":["1"]}"#, "more than finite numbers"),
    (#"{"qid":"q","pos":["a"],"neg":[],"pos_scores":[1e99]}"#, "more than finite numbers"),
    (#"{"query":[1],"positives":[[-1]],"negatives":[]}"#, "more than lists of token ids"),
    (#"{"query":[1.5],"positives":[[1]],"negatives":[]}"#, "not a list of token ids"),
    (#"{"query":[1],"positives":[],"negatives":[]}"#, "no positive"),
    (#"{"query":[1],"positives":[[4294967296]],"negatives":[]}"#, "more than lists of token ids"),
    (#"{"query":[1],"positives":[[1]]}"#, "lacks 'negatives'"),
  ])
  func whatIsWrongIsSaid(_ line: String, _ reason: String) throws {
    do throws(RecordContent.Fault) {
      _ = try RecordContent(parsing: Array(line.utf8))
      Issue.record("'\(line)' was read")
    } catch {
      #expect(error.reason.contains(reason), "\(error)")
    }
  }

  @Test func queriesAreNumberedByIDOrTokens() throws {
    let ids = try parsed(#"{"qid":"q","pos":["a"],"neg":[]}"#)
    #expect(ids.queryHash == (try parsed(#"{"qid":"q","pos":["b"],"neg":["c"]}"#)).queryHash)
    #expect(ids.queryHash != (try parsed(#"{"qid":"r","pos":["a"],"neg":[]}"#)).queryHash)
    let tokens = RecordContent.tokens(query: [1, 2], positives: [[3]], negatives: [])
    #expect(tokens.queryHash == QueryHash.of([1, 2]))
    #expect(tokens.queryHash != QueryHash.of([2, 1]))
  }
}
