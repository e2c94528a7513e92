import Foundation
import Needletail
import TestSupport
import Testing

@Suite struct PrepareFilesTests {
  private func files() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("para.txt", Array("10\tten\n9\tnine\n".utf8))
    try folder.file("para.title.txt", Array("10\tTen\n11\tEleven\n".utf8))
    try folder.file("triples.tsv", Array("3\t1\t7\r\n3\t1\t8\r\n2\t1\t9\r\n3\t1\t6\r\n".utf8))
    return folder
  }

  @Test func corpusReportsWhatItJoined() throws {
    let folder = try files()
    let line = "\"$needle\" prepare corpus --paragraphs para.txt --titles para.title.txt"
    let result = try NeedleCommand.shell(line + " --out corpus.tsv", in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("corpus.tsv: 2 passages, 1 with a title, in "))
    #expect(
      result.errors == """
        needle: warning: para.title.txt: 1 titles have no paragraph in para.txt, the first that \
        of id '11'

        """
    )
    #expect(try folder.text("corpus.tsv") == "9\t\tnine\n10\tTen\tten\n")
    let json = try NeedleCommand.shell(line + " --out corpus.tsv --json", in: folder).json()
    #expect(json["paragraphs"] as? Int == 2 && json["titled"] as? Int == 1)
    #expect(json["titles_without_paragraph"] as? Int == 1)
  }

  @Test func negativesReportWhatTheyGrouped() throws {
    let folder = try files()
    let line = "\"$needle\" prepare negatives --triples triples.tsv --out negatives.tsv"
    let result = try NeedleCommand.shell(line, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    #expect(
      result.output.hasPrefix("negatives.tsv: 4 negatives of 2 queries from 4 triples, in ")
    )
    #expect(result.output.hasSuffix("; the triples of 1 stood apart\n"))
    #expect(try folder.text("negatives.tsv") == "3\t7,8,6\n2\t9\n")
    let json = try NeedleCommand.shell(line + " --sample 1 --json", in: folder).json()
    #expect(json["negatives"] as? Int == 2 && json["scattered_queries"] as? Int == 1)
  }

  @Test func wrongRequestsAreRefused() throws {
    let folder = try files()
    let corpus = "\"$needle\" prepare corpus --paragraphs para.txt --titles para.title.txt"
    expectFailure(
      try NeedleCommand.shell(corpus + " --out para.txt", in: folder),
      .usage,
      "--out para.txt is the file of --paragraphs"
    )
    expectFailure(
      try NeedleCommand.shell(corpus + " --out c --max-memory 1K", in: folder),
      .usage,
      "--max-memory is at least 1M"
    )
    let negatives = "\"$needle\" prepare negatives --triples triples.tsv --out n"
    expectFailure(
      try NeedleCommand.shell(negatives + " --sample 0", in: folder),
      .usage,
      "--sample 0 is not allowed"
    )
    expectFailure(
      try NeedleCommand.shell(negatives + " --max-memory 12Q", in: folder),
      .usage,
      "12Q"
    )
    #expect(try folder.names() == ["para.title.txt", "para.txt", "triples.tsv"])
  }

  @Test func aTemporaryFolderThatIsMissingIsAnError() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "x", count: 600)
    try folder.file("para.txt", Array((0..<4_000).map { "\($0)\t\(text)\n" }.joined().utf8))
    try folder.file("title.txt", [])
    let line =
      "\"$needle\" prepare corpus --paragraphs para.txt --titles title.txt --out corpus.tsv "
      + "--max-memory 1M --tmp-dir none"
    expectFailure(
      try NeedleCommand.shell(line, in: folder),
      .inputOutput,
      "none: cannot be written: no such file or directory"
    )
    #expect(try folder.names() == ["para.txt", "title.txt"])
  }
}
