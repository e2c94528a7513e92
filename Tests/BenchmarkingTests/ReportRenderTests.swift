import Benchmarking
import Foundation
import TestSupport
import Testing

/// The report in a real browser.
///
/// Skipped, with a message, where no Chromium is installed.
@Suite(.enabled(if: Browser.path != nil, "no chromium found: install it to render the report"))
struct ReportRenderTests {
  @Test(arguments: [390, 1280], [false, true])
  func rendersWithoutOverflowOrErrors(width: Int, dark: Bool) throws {
    let browser = try Browser()
    let page = BenchmarkOutput.report(SampleRecords.five)
    let dom = try browser.dom(of: page, width: width, dark: dark)
    // Three curve charts, of which two backends have a single point and so no line.
    #expect(dom.components(separatedBy: "class=\"series").count - 1 == 15)
    #expect(dom.components(separatedBy: "<polyline").count - 1 == 9)
    #expect(dom.components(separatedBy: "class=\"bar-row").count - 1 == 10)
    let facts = try Browser.facts(in: dom)
    #expect(facts["errors"] == "0")
    #expect(facts["window"] == "\(width)")
    #expect(facts["scroll"] == "\(width)", "the page is wider than the window")
    #expect(facts["dark"] == "\(dark)")
    // No text of a chart may stick out of its drawing or cover another.
    #expect(facts["outside"] == "")
    #expect(facts["overlaps"] == "")
  }

  @Test(arguments: [390, 1280])
  func screenshotIsNotBlank(width: Int) throws {
    let browser = try Browser()
    let page = BenchmarkOutput.report(SampleRecords.five)
    let shot = try browser.screenshot(of: page, width: width, height: 1600)
    #expect(shot.starts(with: [0x89, 0x50, 0x4E, 0x47]), "no PNG came out")
    let blank = try browser.screenshot(
      of: "<!DOCTYPE html><title>x</title>",
      width: width,
      height: 1600
    )
    // A blank picture of this size compresses to a few kilobytes; text and curves do not.
    #expect(shot.count > 4 * blank.count)
  }

  @Test func oneBackendWithOnePointStillMakesAReport() throws {
    let browser = try Browser()
    let dom = try browser.dom(
      of: BenchmarkOutput.report(SampleRecords.flat),
      width: 390,
      dark: false
    )
    let facts = try Browser.facts(in: dom)
    #expect(facts["errors"] == "0")
    #expect(facts["scroll"] == "390")
    #expect(facts["outside"] == "")
    #expect(dom.components(separatedBy: "class=\"mark\"").count - 1 >= 3)
  }

  @Test func asksNothingOfTheNetwork() {
    let page = BenchmarkOutput.report(SampleRecords.five)
    for word in ["http:", "https:", "src=", "@import", "url(", "<link", "<script"] {
      #expect(!page.contains(word), "the report contains \(word)")
    }
  }
}
