import Testing
import Training

@Suite struct TemperatureTests {
  @Test(arguments: [0, -1, .nan, .infinity]) func refuses(_ value: Double) {
    #expect(Temperature(value) == nil)
  }

  @Test func takesPositiveNumbers() { #expect(Temperature(0.05)?.value == 0.05) }
}
