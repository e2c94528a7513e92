import Benchmarking
import Testing

struct PercentileTests {
  @Test func isTheNearestRank() {
    // The worked example of the nearest-rank method: five values.
    let values: [Double] = [15, 20, 35, 40, 50]
    #expect(percentile(5, of: values) == 15)
    #expect(percentile(30, of: values) == 20)
    #expect(percentile(40, of: values) == 20)
    #expect(percentile(50, of: values) == 35)
    #expect(percentile(100, of: values) == 50)
  }

  @Test func ofAHundredValuesIsTheRankItself() {
    let values = (1...100).map { Double($0) }
    #expect(percentile(50, of: values) == 50)
    #expect(percentile(95, of: values) == 95)
    #expect(percentile(99, of: values) == 99)
    #expect(percentile(99, of: [7]) == 7)
  }

  @Test func medianTakesTheMiddle() {
    #expect(median([3, 1, 2]) == 2)
    #expect(median([4, 1, 2, 3]) == 2.5)
    #expect(median([]) == nil)
  }
}
