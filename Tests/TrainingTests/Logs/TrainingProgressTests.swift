import IndexStore
import Testing
import Training

@Suite struct TrainingProgressTests {
  @Test func aLineSaysAllThatIsWatched() {
    let shown = TrainingProgress(
      step: 1_200,
      steps: 5_000,
      seconds: 240,
      loss: 0.21309,
      tokensPerSecond: 12_345.4
    ).shown
    #expect(shown.phase == "training")
    #expect(shown.done == 1_200 && shown.total == 5_000)
    #expect(
      shown.detail == "step 1,200/5,000, loss 0.213, 12 min 40 s left, 12,345 tokens/s"
    )
  }

  @Test func aResumedTrainingCountsItsOwnPace() {
    let progress = TrainingProgress(
      step: 1_010,
      steps: 1_100,
      firstStep: 1_000,
      seconds: 20,
      loss: 1,
      tokensPerSecond: 1
    )
    #expect(progress.secondsLeft == 180)
  }

  @Test func nothingIsSaidOfTheTimeBeforeTheFirstStep() {
    let progress = TrainingProgress(
      step: 1_000,
      steps: 1_100,
      firstStep: 1_000,
      seconds: 20,
      loss: .nan,
      tokensPerSecond: .nan
    )
    #expect(progress.secondsLeft == nil)
    #expect(progress.shown.detail == "step 1,000/1,100, loss –, – tokens/s")
  }
}
