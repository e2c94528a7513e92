import Foundation
import IndexStore
import TestSupport
import Testing
import TrainingData
import VectorCore

/// Files of MS MARCO's shape, a two-hundredth of its size, in a memory that holds none of them.
@Suite(.serialized) struct PreparationSizeTests {
  /// Writes a file without holding it in memory.
  private func write(_ path: String, _ count: Int, _ line: (Int) -> String) throws {
    var file = try AtomicFile(path: path)
    var text = ""
    for number in 0..<count {
      text += line(number)
      if text.utf8.count > 1 << 16 || number == count - 1 {
        try file.write(Array(text.utf8))
        text = ""
      }
    }
    try file.commit()
  }

  private func lineCount(_ bytes: [UInt8]) -> Int {
    bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
  }

  @Test func triplesOfTwoThousandQueries() throws {
    let folder = try TemporaryFolder()
    // As the real file: some thousand triples of a query together, lines end in CR LF.
    try write(folder.path("triples.tsv"), 2_000_000) { number in
      let query = 1_000_000 - 397 * (number / 1_000)
      return "\(query)\t\(number / 1_000)\t\(number &* 1_299_709 % 8_841_823)\r\n"
    }
    var phases: [String] = []
    let counts = try NegativeGroups(triples: folder.path("triples.tsv"), seed: 42).write(
      to: folder.path("negatives.tsv"),
      in: SortSpace(memory: 1 << 20, folder: folder.path)
    ) { progress in
      if phases.last != progress.phase { phases.append(progress.phase) }
      #expect(progress.done > 0 && progress.done <= progress.total)
    }
    // Of the later phases' 2,000 records none is worth a report.
    #expect(phases == ["reading triples"])
    #expect(counts.triples == 2_000_000 && counts.queries == 2_000)
    #expect(counts.negatives == 2_000_000 && counts.temporaryRuns > 30)
    #expect(lineCount(try folder.bytes("negatives.tsv")) == 2_000)
    #expect(try folder.text("negatives.tsv").hasPrefix("1000000\t0,1299709,2599418,"))
  }

  @Test func paragraphsInAnyOrder() throws {
    let folder = try TemporaryFolder()
    let count = 44_209
    let text = String(repeating: "passage ", count: 40)
    try write(folder.path("para.txt"), count) { "\($0 &* 7919 % count)\t\(text)\($0)\n" }
    try write(folder.path("para.title.txt"), count) { number in
      number % 50 == 0 ? "" : "\(number &* 104_729 % count)\ttitle \(number)\n"
    }
    let join = CorpusJoin(
      paragraphs: folder.path("para.txt"),
      titles: folder.path("para.title.txt")
    )
    let counts = try join.write(
      to: folder.path("corpus.tsv"),
      in: SortSpace(memory: 1 << 20, folder: folder.path)
    )
    #expect(counts.paragraphs == count && counts.temporaryRuns > 30)
    #expect(counts.titled == count - (count + 49) / 50)
    // The row of a passage is its id, which the document's scripts rely on.
    let corpus = try folder.text("corpus.tsv").split(separator: "\n")
    #expect(corpus.count == count)
    #expect(corpus.enumerated().allSatisfy { $1.hasPrefix("\($0)\t") })
  }
}
