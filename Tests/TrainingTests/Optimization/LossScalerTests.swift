import Testing
import Training

@Suite struct LossScalerTests {
  @Test func halvesOnOverflowAndDoublesAfterManyGoodSteps() {
    var scaler = LossScaler()
    #expect(scaler.scale == 65_536)
    scaler.note(isFinite: false)
    #expect(scaler.scale == 32_768)
    for _ in 0..<LossScaler.growthInterval - 1 { scaler.note(isFinite: true) }
    #expect(scaler.scale == 32_768)
    scaler.note(isFinite: true)
    #expect(scaler.scale == 65_536)
  }

  @Test func anOverflowStartsTheCountAgain() {
    var scaler = LossScaler(scale: 8, goodSteps: LossScaler.growthInterval - 1)
    scaler.note(isFinite: false)
    scaler.note(isFinite: true)
    #expect(scaler == LossScaler(scale: 4, goodSteps: 1))
  }

  @Test func isExhaustedWhereHalvingCannotHelp() {
    var scaler = LossScaler(scale: 2)
    scaler.note(isFinite: false)
    #expect(!scaler.isExhausted)
    scaler.note(isFinite: false)
    #expect(scaler.isExhausted)
  }
}
