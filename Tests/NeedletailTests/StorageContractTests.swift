import Needletail
import TestSupport
import Testing

/// What every backend owes whoever stores its indexes.
@Suite struct StorageContractTests {
  @Test(arguments: ContractCase.all, [false, true])
  func aStoredIndexAnswersAsTheBuiltOne(_ contract: ContractCase, _ compress: Bool) throws {
    let folder = try TemporaryFolder()
    let built = try contract.build()
    let report = try built.save(to: folder.path("index"), compress: compress)
    #expect(try folder.names() == ["index"])
    #expect(try folder.bytes("index").count == report.fileBytes)
    let opened = try openIndex(folder.path("index"))
    #expect(opened.summary == built.summary)
    #expect(opened.summary.metric == contract.metric)
    let before = try built.search(ContractCase.queries, k: 10)
    #expect(try opened.search(ContractCase.queries, k: 10) == before)
  }

  @Test(arguments: ContractCase.all)
  func anOpenedIndexIsStoredAsTheSameBytes(_ contract: ContractCase) throws {
    let folder = try TemporaryFolder()
    try contract.build().save(to: folder.path("first"), model: "0123456789abcdef")
    try openIndex(folder.path("first")).save(to: folder.path("second"))
    #expect(try folder.bytes("first") == folder.bytes("second"))
  }

  @Test(arguments: ContractCase.all)
  func anyNumberOfThreadsBuildsTheSameBytes(_ contract: ContractCase) throws {
    let folder = try TemporaryFolder()
    try contract.build().save(to: folder.path("1"))
    for threads in contract.isThreadIndependent ? [2, 5] : [1] {
      try contract.build(threads: threads).save(to: folder.path("\(threads)"))
      #expect(try folder.bytes("\(threads)") == folder.bytes("1"), "\(threads) threads")
    }
  }

  @Test(arguments: ContractCase.all)
  func explicitIDsComeBack(_ contract: ContractCase) throws {
    let folder = try TemporaryFolder()
    let ids = (0..<500).map { UInt64.max - UInt64($0) * 3 }
    let set = VectorSet(ContractCase.vectors.source, ids: try VectorIDs(ids))
    let plain = try contract.build().search(ContractCase.queries, k: 10)
    let index = try contract.build(set)
    let found = try index.search(ContractCase.queries, k: 10)
    for query in 0..<plain.queryCount {
      #expect(found[query].map(\.id) == plain[query].map { ids[Int($0.id)] })
    }
    try index.save(to: folder.path("index"), compress: true)
    let opened = try openIndex(folder.path("index"))
    #expect(try opened.search(ContractCase.queries, k: 10) == found)
    #expect(opened.ids.explicit == ids)
  }

  @Test(arguments: ContractCase.all)
  func aTruncatedFileIsAnErrorOfThatFile(_ contract: ContractCase) throws {
    let folder = try TemporaryFolder()
    try contract.build().save(to: folder.path("index"))
    let bytes = try folder.bytes("index")
    for length in [0, 7, 100, 4_096, bytes.count / 2, bytes.count - 1] where length < bytes.count {
      let cut = try folder.file("cut", bytes.prefix(length))
      let error = #expect(throws: FileError.self) { try openIndex(cut) }
      #expect(error?.kind == .badData)
      #expect(error?.path == cut)
    }
  }

  @Test(arguments: ContractCase.all)
  func aFlippedByteIsFoundWhereverItIs(_ contract: ContractCase) throws {
    let folder = try TemporaryFolder()
    try contract.build().save(to: folder.path("index"))
    let sound = try folder.bytes("index")
    for place in stride(from: 0, to: sound.count, by: max(1, sound.count / 60)) {
      var bytes = sound
      bytes[place] ^= 0x40
      let flipped = try folder.file("flipped", bytes)
      let error = #expect(throws: FileError.self, "byte \(place) of \(sound.count)") {
        try openIndex(flipped)
      }
      #expect(error?.path == flipped)
    }
  }

  @Test func aFileOfAnUnknownBackendSaysSo() throws {
    let folder = try TemporaryFolder()
    let index = try buildIndex(over: ContractCase.vectors, "flat", metric: .cosine)
    try index.save(to: folder.path("index"))
    let file = try IndexFile.open(folder.path("index"))
    let error = #expect(throws: FileError.self) { try file.index(using: []) }
    #expect(error?.kind == .badData)
    #expect(error?.description.contains("'flat'") == true)
  }
}
