import Foundation
import TestSupport
import Testing
import TrainingData
import VectorCore

@Suite struct CorpusJoinTests {
  private func folder(_ paragraphs: String, _ titles: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("para.txt", Array(paragraphs.utf8))
    try folder.file("para.title.txt", Array(titles.utf8))
    return folder
  }

  @discardableResult
  private func join(
    _ folder: TemporaryFolder,
    memory: Int = 1 << 20
  ) throws -> CorpusJoin.Counts {
    let join = CorpusJoin(
      paragraphs: folder.path("para.txt"),
      titles: folder.path("para.title.txt")
    )
    let space = SortSpace(memory: memory, folder: folder.path)
    return try join.write(to: folder.path("corpus.tsv"), in: space)
  }

  private func failure(_ paragraphs: String, _ titles: String) throws -> FileError {
    let folder = try folder(paragraphs, titles)
    let error = try #require(throws: FileError.self) { try join(folder) }
    #expect(try folder.names() == ["para.title.txt", "para.txt"])
    return error
  }

  @Test func everyParagraphGivesALine() throws {
    let folder = try folder(
      "10\tten\n2\ttwo \"quoted\n1\tNA\n",
      "2\tTitle two\n7\tno paragraph\n10\tnull\n9\tnone\n"
    )
    let counts = try join(folder)
    #expect(
      try folder.text("corpus.tsv") == "1\t\tNA\n2\tTitle two\ttwo \"quoted\n10\tnull\tten\n"
    )
    #expect(counts.paragraphs == 3 && counts.titled == 2 && counts.temporaryRuns == 0)
    #expect(counts.titlesWithoutParagraph == 2 && counts.firstTitleWithoutParagraph == "7")
  }

  @Test func idsHaveOneOrder() throws {
    let ids = [
      "b", "10", "9", "007", "7", "a10", "a9", "18446744073709551616", "1000000000000000000", "0",
      "", "ä", "1e3", "-5",
    ].filter { !$0.isEmpty }
    let folder = try folder(ids.map { "\($0)\tx\n" }.joined(), "")
    try join(folder)
    let sorted = try folder.text("corpus.tsv").split(separator: "\n").map {
      String($0.prefix { $0 != "\t" })
    }
    #expect(
      sorted == [
        "0", "7", "007", "9", "10", "1000000000000000000", "18446744073709551616", "-5", "1e3",
        "a10", "a9", "b", "ä",
      ]
    )
  }

  @Test func onlyTheFirstFieldIsKept() throws {
    let folder = try folder("1\ttext\tmore\t\n2\t\n", "1\ttitle\tmore\n2\tlast")
    try join(folder)
    #expect(try folder.text("corpus.tsv") == "1\ttitle\ttext\n2\tlast\t\n")
  }

  @Test func anIDTwiceIsAnErrorWithBothLines() throws {
    let paragraph = try failure("3\ta\n1\tb\n3\tc\n", "1\tx\n")
    #expect(paragraph.path.hasSuffix("para.txt") && paragraph.place == "line 3")
    #expect(paragraph.reason == "the id '3' stands at line 1 already")
    let title = try failure("3\ta\n", "9\tx\n3\tx\n9\ty\n")
    #expect(title.path.hasSuffix("para.title.txt") && title.place == "line 3")
    #expect(title.reason == "the id '9' stands at line 1 already")
  }

  @Test(arguments: ["2 no tab", "", "\ttext"])
  func aMalformedLineIsAnErrorWithItsNumber(line: String) throws {
    let error = try failure("1\ta\n\(line)\n3\tc\n", "1\tx\n")
    #expect(error.place == "line 2" && error.reason.contains("id<TAB>text"))
    #expect(try failure("1\ta\n", "1\tx\n\(line)\n").reason.contains("id<TAB>title"))
  }

  @Test func aMissingFileOrFolderIsAnError() throws {
    let folder = try folder("1\ta\n", "1\tx\n")
    let missing = CorpusJoin(paragraphs: folder.path("para.txt"), titles: folder.path("none"))
    let space = SortSpace(memory: 1 << 20, folder: folder.path)
    let error = try #require(throws: FileError.self) {
      try missing.write(to: folder.path("corpus.tsv"), in: space)
    }
    #expect(error.kind == .missingInput)
    #expect(try folder.names() == ["para.title.txt", "para.txt"])
  }

  @Test func smallMemoryGivesTheSameFile() throws {
    let texts = (0..<20_000).map { number in
      "\(number &* 7919 % 20_000)\t" + String(repeating: "word ", count: number % 13) + "\n"
    }
    let titles = (0..<20_000).filter { $0 % 3 > 0 }.map { "\($0 &* 104_729 % 20_000)\tT\($0)\n" }
    let folder = try folder(texts.joined(), titles.joined())
    let large = try join(folder, memory: 1 << 26)
    let whole = try folder.bytes("corpus.tsv")
    let small = try join(folder, memory: SortSpace.leastMemory)
    #expect(large.temporaryRuns == 0 && small.temporaryRuns > 20, "\(small)")
    #expect(try folder.bytes("corpus.tsv") == whole)
    #expect(large.paragraphs == 20_000 && large.titled == small.titled)
    try DocumentCommands.run(DocumentCommands.join, in: folder)
    #expect(try folder.bytes("document.tsv") == whole)
    #expect(try folder.names().filter { $0.hasPrefix(".") } == [])
  }

  @Test func aLineMayBeLargerThanTheMemory() throws {
    let long = String(repeating: "x", count: 200_000)
    let folder = try folder((0..<9).map { "\(8 - $0)\t\(long)\($0)\n" }.joined(), "4\tfour\n")
    try join(folder, memory: SortSpace.leastMemory)
    let lines = try folder.text("corpus.tsv").split(separator: "\n")
    #expect(lines.enumerated().allSatisfy { $1.hasPrefix("\($0)\t") && $1.hasSuffix("\(8 - $0)") })
    #expect(lines[4].hasPrefix("4\tfour\tx"))
  }

  @Test func packedFilesAndReturnsAreRead() throws {
    let folder = try folder("2\tb\r\n1\ta\r\n", "1\tx\r\n")
    try DocumentCommands.run("gzip -c para.txt > p && mv p para.txt", in: folder)
    try join(folder)
    #expect(try folder.text("corpus.tsv") == "1\tx\ta\n2\t\tb\n")
  }

  @Test(.enabled(if: DocumentCommands.reverseDictionary != nil, "no reverse dictionary here"))
  func theReverseDictionaryIsJoinedAsInTheDocument() throws {
    let data = try #require(DocumentCommands.reverseDictionary)
    let folder = try TemporaryFolder()
    try DocumentCommands.run("cp \(data)/para.txt \(data)/para.title.txt .", in: folder)
    let counts = try join(folder, memory: 1 << 21)
    #expect(counts.paragraphs == 117_659 && counts.titled == 115_305)
    #expect(counts.titlesWithoutParagraph == 0 && counts.temporaryRuns > 5)
    try DocumentCommands.run(DocumentCommands.join + " && cmp document.tsv corpus.tsv", in: folder)
  }
}
