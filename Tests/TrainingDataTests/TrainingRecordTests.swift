import Testing
import TrainingData

@Suite struct TrainingRecordTests {
  @Test func recordsDifferByTheirPassages() {
    let record = TrainingRecord(query: "q", positives: ["a"], negatives: ["b"])
    var other = record
    #expect(record == other)
    other.negatives = ["c"]
    #expect(record != other)
  }
}
