import Benchmarking
import Foundation
import TestSupport
import Testing
import VectorCore

struct BenchmarkOutputTests {
  @Test func writesBothFilesAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let paths = try BenchmarkOutput.write(SampleRecords.five, into: folder.path)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["report.html", "results.jsonl"])
    let lines = try String(contentsOfFile: paths.results, encoding: .utf8)
    #expect(lines == SampleRecords.five.map { $0.json + "\n" }.joined())
    let page = try String(contentsOfFile: paths.report, encoding: .utf8)
    #expect(page == BenchmarkOutput.report(SampleRecords.five))
    // Again over the old files.
    try _ = BenchmarkOutput.write(SampleRecords.flat, into: folder.path + "/")
    #expect(
      try String(contentsOfFile: paths.results, encoding: .utf8).split(separator: "\n").count == 1
    )
  }

  @Test func namesTheFileThatCannotBeWritten() throws {
    let error = #expect(throws: FileError.self) {
      try BenchmarkOutput.write(SampleRecords.flat, into: "/nonexistent/folder")
    }
    #expect(error?.path == "/nonexistent/folder/results.jsonl")
    #expect(error?.kind == .inputOutput)
  }

  @Test func reportEscapesWhatItIsGiven() {
    let page = BenchmarkOutput.report(SampleRecords.five)
    #expect(page.contains("Example CPU 9000 &quot;Fast&quot; &amp; &lt;Co&gt;"))
    #expect(!page.contains("<Co>"))
  }

  @Test func reportOfNothingSaysSo() {
    #expect(BenchmarkOutput.report([]).contains("No results"))
  }
}
