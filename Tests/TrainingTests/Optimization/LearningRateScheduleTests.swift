import Testing
import Training

@Suite struct LearningRateScheduleTests {
  @Test func risesThenFallsInLines() {
    let schedule = LearningRateSchedule(peak: 1, warmupRatio: 0.2, steps: 10)
    let rates = (0...10).map { schedule.rate(at: $0) }
    #expect(rates == [0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125, 0])
  }

  /// The document's first stage: 400,282 records, batches of 8, 3 epochs.
  @Test func warmsUpAsTheDocumentDoes() {
    let steps = 3 * ((400_282 + 7) / 8)
    let schedule = LearningRateSchedule(peak: 5e-6, warmupRatio: 0.1, steps: steps)
    #expect(steps == 150_108)
    #expect(schedule.warmupSteps == 15_011)
    #expect(schedule.rate(at: 15_011) == 5e-6)
  }

  @Test func worksWithoutWarmup() {
    let schedule = LearningRateSchedule(peak: 2, warmupRatio: 0, steps: 4)
    #expect((0..<4).map { schedule.rate(at: $0) } == [2, 1.5, 1, 0.5])
  }
}
