import Foundation
import TestSupport
import Testing
import TrainingData
import VectorCore

@Suite struct NegativeGroupsTests {
  private func folder(_ triples: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.file("triples.tsv", Array(triples.utf8))
    return folder
  }

  @discardableResult
  private func group(
    _ folder: TemporaryFolder,
    sample: Int? = nil,
    seed: UInt64 = 42,
    memory: Int = 1 << 20
  ) throws -> NegativeGroups.Counts {
    try NegativeGroups(triples: folder.path("triples.tsv"), sample: sample, seed: seed).write(
      to: folder.path("negatives.tsv"),
      in: SortSpace(memory: memory, folder: folder.path)
    )
  }

  @Test(arguments: ["\n", "\r\n"])
  func aQueryGivesALine(end: String) throws {
    let lines = ["9\t1\t5", "9\t1\t4", "10\t2\t5", "a\t3\t8", "a\t3\t7", "a\t3\t8"]
    let folder = try folder(lines.joined(separator: end))
    let counts = try group(folder)
    #expect(try folder.text("negatives.tsv") == "9\t5,4\n10\t5\na\t8,7,8\n")
    #expect(counts.triples == 6 && counts.queries == 3 && counts.negatives == 6)
    #expect(counts.scatteredQueries == 0)
  }

  @Test func scatteredTriplesAreJoined() throws {
    let folder = try folder("9\t1\t5\n2\t2\t6\n9\t1\t4\n9\t1\t3\n3\t1\t1\n2\t2\t5\n9\t1\t2\n")
    let counts = try group(folder)
    #expect(try folder.text("negatives.tsv") == "9\t5,4,3,2\n2\t6,5\n3\t1\n")
    #expect(counts.queries == 3 && counts.scatteredQueries == 2)
  }

  @Test func anEmptyFileGivesAnEmptyFile() throws {
    let folder = try folder("")
    let counts = try group(folder)
    #expect(counts.triples == 0 && counts.queries == 0 && counts.negatives == 0)
    #expect(try folder.text("negatives.tsv") == "")
  }

  @Test(arguments: [
    ("1\t2", "three fields"), ("1\t2\t3\t4", "three fields"), ("", "three fields"),
    ("1\t\t3", "empty field"), ("\t2\t3", "empty field"), ("1\t2\t", "empty field"),
    ("1\t2\t3,4", "comma"),
  ])
  func aMalformedLineIsAnErrorWithItsNumber(line: String, reason: String) throws {
    let folder = try folder("1\t2\t3\n\(line)\n1\t2\t4\n")
    let error = try #require(throws: FileError.self) { try group(folder) }
    #expect(error.place == "line 2" && error.reason.contains(reason))
    #expect(try folder.names() == ["triples.tsv"])
  }

  @Test func adjacentTriplesGiveTheDocumentsFile() throws {
    var triples = ""
    var generator = SplitMix64(seed: 1)
    // No query is 0: to awk that equals the `last` that is not set yet.
    for query in 0..<2_000 {
      for _ in 0..<1 + generator.next() % 40 {
        triples += "\(1 + query &* 7919 % 2_003)\t1\t\(generator.next() % 8_841_823)\r\n"
      }
    }
    let folder = try folder(triples)
    try DocumentCommands.run(DocumentCommands.group, in: folder)
    let expected = try folder.bytes("document.tsv")
    for memory in [SortSpace.leastMemory, 1 << 24] {
      let counts = try group(folder, memory: memory)
      #expect(try folder.bytes("negatives.tsv") == expected)
      #expect((counts.temporaryRuns > 8) == (memory == SortSpace.leastMemory))
      #expect(counts.scatteredQueries == 0)
    }
  }

  @Test func shuffledTriplesGiveTheSameGroups() throws {
    var generator = SplitMix64(seed: 1)
    let triples = (0..<30_000).map { (query: generator.next() % 97, negative: $0) }
    let folder = try folder(triples.map { "q\($0.query)\tp\t\($0.negative)\n" }.joined())
    let counts = try group(folder, memory: SortSpace.leastMemory)
    #expect(counts.temporaryRuns > 30 && counts.scatteredQueries == 97)
    var expected: [(query: UInt64, negatives: [String])] = []
    for triple in triples {
      if let place = expected.firstIndex(where: { $0.query == triple.query }) {
        expected[place].negatives.append("\(triple.negative)")
      } else {
        expected.append((triple.query, ["\(triple.negative)"]))
      }
    }
    let text = expected.map { "q\($0.query)\t\($0.negatives.joined(separator: ","))\n" }.joined()
    #expect(try folder.text("negatives.tsv") == text)
  }

  @Test func aQueryMayHaveMoreNegativesThanTheMemoryHolds() throws {
    let ids = (0..<60_000).map { "passage-\($0)" }
    let folder = try folder(ids.map { "7\t1\t\($0)\n" }.joined() + "8\t1\t2\n")
    let counts = try group(folder, memory: SortSpace.leastMemory)
    #expect(
      try folder.text("negatives.tsv") == "7\t" + ids.joined(separator: ",") + "\n8\t2\n"
    )
    #expect(counts.queries == 2 && counts.scatteredQueries == 0 && counts.negatives == 60_001)
  }

  // MARK: Samples

  @Test func aSampleIsEvenAndInOrder() throws {
    var triples = ""
    for query in 0..<400 { for id in 0..<20 { triples += "\(query)\t1\t\(id)\n" } }
    let folder = try folder(triples + "few\t1\t3\nfew\t1\t2\n")
    let counts = try group(folder, sample: 5)
    #expect(counts.negatives == 2_002 && counts.queries == 401)
    var times = [Int](repeating: 0, count: 20)
    for line in try folder.text("negatives.tsv").split(separator: "\n").dropLast() {
      let ids = line.split(separator: "\t")[1].split(separator: ",").compactMap { Int($0) }
      #expect(ids.count == 5 && ids == ids.sorted() && Set(ids).count == 5)
      for id in ids { times[id] += 1 }
    }
    // 100 ± 8.7 expected; five standard deviations.
    #expect(times.allSatisfy { (57...143).contains($0) }, "\(times)")
    #expect(try folder.text("negatives.tsv").hasSuffix("\nfew\t3,2\n"))
  }

  @Test func aSampleDependsOnTheQueryAndTheSeed() throws {
    let one = (0..<50).map { "1\t1\t\($0)\n" }.joined()
    let two = (0..<50).map { "2\t1\t\($0)\n" }.joined()
    func sample(_ triples: String, seed: UInt64) throws -> Set<Substring> {
      let folder = try folder(triples)
      try group(folder, sample: 10, seed: seed)
      return Set(try folder.text("negatives.tsv").split(separator: "\n"))
    }
    #expect(try sample(one + two, seed: 1) == sample(two + one, seed: 1))
    #expect(try sample(one + two, seed: 1).isDisjoint(with: sample(one + two, seed: 2)))
    let both = try sample(one + two, seed: 1).map { $0.split(separator: "\t")[1] }
    #expect(both[0] != both[1])
  }

  @Test(.enabled(if: DocumentCommands.reverseDictionary != nil, "no reverse dictionary here"))
  func theReverseDictionaryIsGroupedAsInTheDocument() throws {
    let data = try #require(DocumentCommands.reverseDictionary)
    let folder = try TemporaryFolder()
    try DocumentCommands.run("gunzip -c \(data)/triples.train.tsv.gz > triples.tsv", in: folder)
    let counts = try group(folder, memory: 1 << 18)
    #expect(counts.triples == 249_480 && counts.temporaryRuns > 5)
    try DocumentCommands.run(
      DocumentCommands.group + " && cmp document.tsv negatives.tsv",
      in: folder
    )
  }
}
