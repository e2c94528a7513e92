import Reporting
import Testing

struct AxisTests {
  @Test func logarithmicStepsByOneTwoFive() {
    let axis = Axis.logarithmic(covering: [130, 9000])
    #expect(
      axis.ticks.map(\.label) == ["100", "200", "500", "1k", "2k", "5k", "10k"]
    )
    #expect(axis.position(100) == 0)
    #expect(abs(axis.position(1000) - 0.5) < 1e-12)
    #expect(axis.position(10_000) == 1)
    #expect(axis.position(5) == 0)
    #expect(axis.position(0) == 0)
  }

  @Test func logarithmicKeepsToPowersOverManyDecades() {
    let axis = Axis.logarithmic(covering: [2, 1_500_000])
    #expect(axis.ticks.map(\.label) == ["10", "100", "1k", "10k", "100k", "1M"])
  }

  @Test func logarithmicGivesASingleValueRoom() {
    let axis = Axis.logarithmic(covering: [1000])
    #expect(axis.ticks.map(\.label) == ["500", "1k", "2k"])
    #expect(axis.position(1000) > 0.3 && axis.position(1000) < 0.7)
    #expect(
      Axis.logarithmic(covering: [0.03]).ticks.map(\.label) == ["0.01", "0.02", "0.05", "0.1"]
    )
    #expect(Axis.logarithmic(covering: []).ticks.count >= 2)
    #expect(Axis.logarithmic(covering: [.nan, -1, 0]).ticks.count >= 2)
  }

  @Test func linearStartsAtZeroAndEndsAtAStep() {
    let axis = Axis.fromZero(covering: [33.4, 344]) { NumberText.fixed($0, 0) }
    #expect(axis.ticks.map(\.label) == ["0", "100", "200", "300", "400"])
    #expect(axis.position(100) == 0.25)
    let exact = Axis.fromZero(covering: [400]) { NumberText.fixed($0, 0) }
    #expect(exact.ticks.last?.label == "400")
  }

  @Test func recallSpreadsTheMisses() {
    let axis = Axis.recall(covering: [0.55, 0.97, 1])
    #expect(axis.position(1) == 1)
    #expect(axis.position(0.5) == 0)
    let decade = axis.position(0.99) - axis.position(0.9)
    #expect(abs(axis.position(0.999) - axis.position(0.99) - decade) < 1e-9)
    #expect(axis.position(0.9999) == 1, "practically everything is drawn as everything")
  }

  @Test(arguments: [0.0, 0.15, 0.33, 0.5, 0.77, 0.9, 0.97, 1.0])
  func recallTicksAscendWithRoomBetween(lowest: Double) {
    let ticks = Axis.recall(covering: [lowest, 0.99]).ticks
    #expect(ticks.last?.label == "1")
    #expect(ticks.map(\.label).contains("0.99"))
    for (left, right) in zip(ticks, ticks.dropFirst()) {
      #expect(right.position - left.position > 0.07)
    }
  }

  @Test func linearAxesHaveRoundEndsAroundTheValues() {
    let axis = Axis.linear(covering: [-0.37, 0.81], label: NumberText.tick)
    #expect(axis.ticks.map(\.label) == ["−0.5", "0", "0.5", "1"])
    #expect(axis.position(-0.5) == 0)
    #expect(axis.position(1) == 1)
    #expect(abs(axis.position(0.25) - 0.5) < 1e-12)
    for values in [[0.3], [0], [], [0.3005, 0.3005], [-2, -2]] as [[Double]] {
      let axis = Axis.linear(covering: values, label: NumberText.tick)
      #expect(axis.ticks.count >= 2)
      #expect(values.allSatisfy { (0...1).contains(axis.position($0)) })
    }
  }
}
