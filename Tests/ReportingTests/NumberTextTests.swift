import Reporting
import Testing

struct NumberTextTests {
  @Test func fixedRoundsAndPads() {
    #expect(NumberText.fixed(1.005, 1) == "1.0")
    #expect(NumberText.fixed(0.05, 1) == "0.1")
    #expect(NumberText.fixed(-0.04, 1) == "0.0")
    #expect(NumberText.fixed(-2.5, 0) == "-3")
    #expect(NumberText.fixed(0.000_4, 3) == "0.000")
    #expect(NumberText.fixed(12.3456, 3) == "12.346")
    #expect(NumberText.fixed(.nan, 2) == "–")
    #expect(NumberText.fixed(1e300, 2) == "1e+300")
  }

  @Test func shortKeepsThreeDigits() {
    #expect(NumberText.short(0) == "0")
    #expect(NumberText.short(0.01234) == "0.012")
    #expect(NumberText.short(0.9999) == "1.00")
    #expect(NumberText.short(9.999) == "10.0")
    #expect(NumberText.short(99.97) == "100")
    #expect(NumberText.short(45.678) == "45.7")
    #expect(NumberText.short(789.4) == "789")
  }

  @Test func groupsThousands() {
    #expect(NumberText.grouped(0) == "0")
    #expect(NumberText.grouped(999) == "999")
    #expect(NumberText.grouped(1000) == "1,000")
    #expect(NumberText.grouped(-1_234_567) == "-1,234,567")
    #expect(NumberText.grouped(.min) == "-9,223,372,036,854,775,808")
  }

  @Test func ratesAreWholeFromAHundredOn() {
    #expect(NumberText.rate(12_345.6) == "12,346")
    #expect(NumberText.rate(99.96) == "100")
    #expect(NumberText.rate(12.34) == "12.3")
    #expect(NumberText.rate(.infinity) == "–")
  }

  @Test func bytesTakeDecimalUnits() {
    #expect(NumberText.bytes(0) == "0 B")
    #expect(NumberText.bytes(999) == "999 B")
    #expect(NumberText.bytes(1000) == "1.00 kB")
    #expect(NumberText.bytes(999_600) == "1.00 MB")
    #expect(NumberText.bytes(81_234_567) == "81.2 MB")
    #expect(NumberText.bytes(1_240_000_000) == "1.24 GB")
  }

  @Test func timesTakeTheirUnit() {
    #expect(NumberText.microseconds(78.24) == "78.2 µs")
    #expect(NumberText.microseconds(1234) == "1.23 ms")
    #expect(NumberText.microseconds(2_500_000) == "2.50 s")
    #expect(NumberText.seconds(0.0042) == "4.20 ms")
    #expect(NumberText.seconds(61.34) == "61.3 s")
    #expect(NumberText.seconds(200) == "3 min 20 s")
    #expect(NumberText.seconds(7500) == "2 h 5 min")
    #expect(NumberText.seconds(0) == "0 µs")
  }

  @Test func recallNeverRoundsUpToOne() {
    #expect(NumberText.recall(1) == "1.0000")
    #expect(NumberText.recall(0.999_99) == "0.9999")
    #expect(NumberText.recall(0.953_12) == "0.9531")
  }

  @Test func differencesHaveSigns() {
    #expect(NumberText.signed(0.01234, 4) == "+0.0123")
    #expect(NumberText.signed(-0.01234, 4) == "−0.0123")
    #expect(NumberText.signed(0, 4) == "0.0000")
    #expect(NumberText.signed(0.00001, 4) == "0.0000")
    #expect(NumberText.signed(-0.00001, 4) == "0.0000")
    #expect(NumberText.signed(-3, 0) == "−3")
  }

  @Test func ticksHaveNoIdleDecimals() {
    #expect(
      [0.25, -0.5, 10, 100, 0, 0.000_5].map(NumberText.tick) == [
        "0.25", "−0.5", "10", "100", "0", "0.0005",
      ]
    )
  }

  @Test func probabilitiesAreNeverZero() {
    #expect(NumberText.probability(0.03124) == "= 0.0312")
    #expect(NumberText.probability(0.000_099) == "< 0.0001")
  }
}
