import Foundation
import TestSupport
import Testing
import VectorCore

@testable import Training

/// The page in a real browser.
///
/// Skipped, with a message, where no Chromium is installed.
@Suite(.enabled(if: Browser.path != nil, "no chromium found: install it to render the page"))
struct TrainingPageTests {
  /// A training as they go: a noisy loss that falls, and a validation now and then.
  private func entries(_ count: Int, every stride: Int = 50) -> [LogEntry] {
    var generator = SplitMix64(seed: 5)
    func noise() -> Double { Double(generator.next() % 2001) / 1000 - 1 }
    return (1...max(count, 1)).prefix(count).map { number in
      let progress = Double(number) / Double(count)
      let loss = 0.3 + 2 * pow(0.02, progress) + 0.15 * noise()
      var entry = LogEntry(step: number * stride, epoch: 3 * progress, seconds: Double(number) * 40)
      entry.optimization = LogEntry.Optimization(
        loss: loss,
        learningRate: 5e-6 * min(progress / 0.1, (1 - progress) / 0.9),
        gradientNorm: 3 * loss + noise(),
        tokensPerSecond: 10_400 + 300 * noise(),
        queriesPerSecond: 52 + noise()
      )
      if number.isMultiple(of: max(count / 12, 1)) {
        entry.validation = [
          LogEntry.Measure("loss", loss + 0.2), LogEntry.Measure("mrr@10", 0.3 + 0.09 * progress),
          LogEntry.Measure("recall@100", 0.44 + 0.1 * progress),
        ]
      }
      return entry
    }
  }

  private func page(_ entries: [LogEntry]) -> String {
    TrainingPage(
      entries,
      title: "minilm & <b>heads</b>",
      plannedSteps: 150_108,
      settings: [("model", "t5-base-scaled"), ("batch size", "8"), ("template", "Title: <title>")]
    ).text
  }

  @Test(arguments: [390, 1280], [1, 2, 40, 3000])
  func rendersWithoutOverflowOrErrors(width: Int, count: Int) throws {
    let dom = try Browser().dom(of: page(entries(count)), width: width, dark: count == 40)
    let facts = try Browser.facts(in: dom)
    #expect(facts["errors"] == "0")
    #expect(facts["scroll"] == "\(width)", "the page is wider than the window")
    #expect(facts["outside"] == "")
    #expect(facts["overlaps"] == "")
    #expect(dom.components(separatedBy: "<figure").count - 1 == 7)
  }

  @Test func textIsTextAndNothingIsFetched() {
    let page = page(entries(40))
    #expect(page.contains("minilm &amp; &lt;b&gt;heads"))
    #expect(page.contains("Title: &lt;title&gt;"))
    #expect(!page.contains("http"))
    #expect(!page.contains("<script"))
  }

  @Test func aLongTrainingKeepsThePageSmall() {
    #expect(page(entries(30_000)).utf8.count < 500_000)
  }

  @Test func theBestOfEachMeasureIsShown() {
    var entries = entries(40)
    entries[20].validation = [LogEntry.Measure("loss", 0.0123), LogEntry.Measure("mrr@10", 0.9876)]
    let page = page(entries)
    #expect(page.contains("0.9876 <small>best</small>"))
    #expect(page.contains("best 0.0123"))
    #expect(page.contains("at step 1,050; last"))
  }

  @Test func anEmptyLogAndNumbersThatAreNoneMakeAPage() throws {
    var broken = entries(3)
    broken[2].optimization?.loss = .nan
    broken[2].validation = [LogEntry.Measure("mrr@10", .nan)]
    for entries in [[], broken] {
      let facts = try Browser.facts(in: Browser().dom(of: page(entries), width: 390, dark: false))
      #expect(facts["errors"] == "0")
      #expect(facts["outside"] == "")
      #expect(!page(entries).lowercased().contains("nan"))
    }
  }

  @Test func aPageIsMadeOfALog() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("log.jsonl")
    var log = try TrainingLog(path: path)
    for entry in entries(5) { try log.append(entry) }
    let fromLog = try TrainingPage(log: path, title: "a", settings: []).text
    #expect(fromLog == TrainingPage(entries(5), title: "a", settings: []).text)
    #expect(!fromLog.contains("Settings"))
    #expect(throws: FileError.self) {
      try TrainingPage(log: folder.path("none"), title: "a", settings: [])
    }
  }
}

@Suite struct TrainingCurveTests {
  private func curve(_ values: [Double]) -> TrainingCurve {
    let entries = values.enumerated().map {
      LogEntry(step: $0.offset + 1, epoch: $0.element, seconds: 0)
    }
    return TrainingCurve(entries) { $0.epoch }
  }

  @Test func fewPointsStayAsTheyAre() {
    let values = (0..<49).map(Double.init)
    #expect(curve(values).thinned.points.map(\.value) == values)
    #expect(curve(values).smoothed == nil)
    #expect(curve([]).thinned.points.isEmpty)
  }

  @Test(arguments: [1000, 1001, 2000, 2001, 150_108])
  func manyPointsBecomeMeans(count: Int) {
    let thinned = curve((0..<count).map(Double.init)).thinned
    #expect(thinned.points.count <= 1000)
    #expect(thinned.valuesPerPoint == (count + 999) / 1000)
    // Of a straight line each mean lies on it, at the step in the middle.
    for point in thinned.points.dropLast() {
      #expect(abs(point.value - Double(point.step - 1)) <= 0.5)
    }
  }

  @Test func smoothingKeepsLinesAndTamesNoise() throws {
    let line = (0..<200).map { Double($0) * 0.5 }
    let smoothed = try #require(curve(line).smoothed)
    for (found, value) in zip(smoothed.points, line) { #expect(abs(found.value - value) < 1e-9) }
    let noise = try #require(curve((0..<200).map { $0.isMultiple(of: 2) ? 1 : -1 }).smoothed)
    #expect(noise.points[20..<180].allSatisfy { abs($0.value) < 0.12 })
  }

  @Test(arguments: [
    (5e-6, "10⁻⁶"), (1e-5, "10⁻⁵"), (0.2, "10⁻¹"), (3, "1"), (0, "1"), (2e10, "10¹⁰"),
  ])
  func powersOfTen(number: Double, text: String) {
    #expect(PowerOfTen(below: number).text == text)
  }
}
