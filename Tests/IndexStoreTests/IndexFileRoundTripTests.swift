import IndexStore
import TestSupport
import Testing
import VectorCore

/// What is written is what is read, with and without compression.
@Suite struct IndexFileRoundTripTests {
  struct Link: BitwiseCopyable, Equatable, Sendable {
    var node: UInt32
    var weight: UInt16
    var level: UInt8
  }

  @Test(arguments: [false, true])
  func everyElementTypeSurvives(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](repeating: 7, count: 300_001)
    let small = (0..<200_003).map { Int16(truncatingIfNeeded: $0 / 3) }
    let numbers = Sample.growing(150_007)
    let wide = numbers.map { UInt64($0) << 20 }
    let floats = Sample.vectors(200_001)
    let doubles = floats.map(Double.init)
    let links = numbers.prefix(50_001).map { Link(node: $0, weight: 3, level: 1) }
    let lanes = (0..<10_001).map { SIMD4<Float>(repeating: Float($0 % 8)) }
    let index = FakeIndex([
      FakeSection("bytes", bytes), FakeSection("small", small), FakeSection("numbers", numbers),
      FakeSection("wide", wide), FakeSection("floats", floats), FakeSection("doubles", doubles),
      FakeSection("links", Array(links)), FakeSection("lanes", lanes),
    ])
    let path = folder.path("a.needle")
    let report = try IndexFile.write(index, to: path, compress: compress, threads: 2)
    #expect(try contents(path).count == report.fileBytes)
    #expect((report.savedBytes > 0) == compress)
    let file = try IndexFile.open(path, verification: .full, threads: 2)
    #expect(file.sections == report.sections)
    #expect(file.sections.allSatisfy { ($0.codec == .raw) != compress })
    func check<Element: BitwiseCopyable & Equatable>(_ name: String, _ expected: [Element]) throws {
      #expect(try file.elementCount(name, of: Element.self) == expected.count)
      let read = try file.array(name, of: Element.self, count: expected.count)
      #expect(read == SharedArray(expected), "\(name)")
    }
    try check("bytes", bytes)
    try check("small", small)
    try check("numbers", numbers)
    try check("wide", wide)
    try check("floats", floats)
    try check("doubles", doubles)
    try check("links", Array(links))
    try check("lanes", lanes)
    try IndexFile.verify(path, threads: 2)
  }

  @Test(arguments: [false, true])
  func summaryAttributesAndIDsSurvive(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let ids = try VectorIDs([9, 0, .max, 4, 5])
    let attributes = ["entry": -1, "levels": Int.max, "empty": Int.min]
    let index = FakeIndex(ids: ids, attributes: attributes, [FakeSection("none", [Float]())])
    try IndexFile.write(index, to: path, compress: compress)
    let file = try IndexFile.open(path)
    #expect(file.path == path)
    #expect(file.summary == index.summary)
    #expect(file.ids == ids)
    #expect(file.attributes == attributes)
    #expect(file.writtenBy == needletailVersion)
    #expect(file.model == nil)
    #expect(file.sections.map(\.name) == ["ids", "none"])
    #expect(try file.attribute("entry", in: -1...1) == -1)
    #expect(file.contains("none") && !file.contains("other"))
    #expect(try file.array("none", of: Float.self, count: 0).count == 0)
    #expect(try file.elementCount("none", of: Float.self) == 0)
    try IndexFile.verify(path)
  }

  @Test func theModelSurvives() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    try IndexFile.write(FakeIndex(), to: path, compress: false, model: "0123456789abcdef")
    #expect(try IndexFile.open(path).model == "0123456789abcdef")
    try IndexFile.verify(path)
  }

  @Test func compressedIDsSurvive() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let ids = try VectorIDs((0..<20_000).map { 1 << 40 + UInt64($0) * 3 })
    try IndexFile.write(FakeIndex(count: 20_000, ids: ids), to: path, compress: true)
    let file = try IndexFile.open(path)
    #expect(file.sections[0].codec != .raw)
    #expect(file.ids == ids)
  }

  @Test func anIndexWithoutSectionsSurvives() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    try IndexFile.write(FakeIndex(), to: path, compress: true)
    #expect(try IndexFile.open(path, verification: .full).sections.isEmpty)
    #expect(try IndexFile.verify(path).sections.isEmpty)
  }

  @Test func sectionsAreAlignedInFileAndMemory() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let index = FakeIndex(
      [1, 4095, 4096, 4097, 0, 12_289].enumerated().map { place, size in
        FakeSection("s\(place)", Sample.noise(size))
      }
    )
    try IndexFile.write(index, to: path, compress: false)
    let file = try IndexFile.open(path)
    for section in file.sections {
      #expect(section.offset.isMultiple(of: 4096))
      let array = try file.array(section.name, of: UInt8.self, count: section.rawBytes)
      let address = unsafe array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
      #expect(address.isMultiple(of: 4096), "\(section.name)")
    }
  }

  @Test(arguments: [false, true])
  func theSameIndexGivesTheSameBytes(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let index = FakeIndex(
      ids: try VectorIDs([5, 4, 3, 2, 1]),
      attributes: Dictionary(uniqueKeysWithValues: (0..<40).map { ("n\($0)", $0) }),
      [FakeSection("numbers", Sample.growing(700_000)), FakeSection("noise", Sample.noise(5_000))]
    )
    try IndexFile.write(index, to: folder.path("1"), compress: compress, threads: 1)
    try IndexFile.write(index, to: folder.path("2"), compress: compress, threads: 2)
    try IndexFile.write(index, to: folder.path("5"), compress: compress, threads: 5)
    let first = try contents(folder.path("1"))
    #expect(try contents(folder.path("2")) == first)
    #expect(try contents(folder.path("5")) == first)
  }

  @Test(arguments: [false, true])
  func streamedSectionsEqualWholeOnes(compress: Bool) throws {
    let folder = try TemporaryFolder()
    let pieces =
      [[], Array(repeating: 1, count: 300_000), Sample.noise(70_000), [9], []] as [[UInt8]]
    let whole = FakeIndex([FakeSection("faiss", Array(pieces.joined())), FakeSection("x", [1.5])])
    let streamed = FakeIndex([.streamed("faiss", pieces), FakeSection("x", [1.5])])
    try IndexFile.write(whole, to: folder.path("whole"), compress: compress)
    try IndexFile.write(streamed, to: folder.path("streamed"), compress: compress)
    #expect(try contents(folder.path("whole")) == contents(folder.path("streamed")))
    #expect(try folder.names() == ["streamed", "whole"])
  }

  @Test func arraysOutliveTheFile() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let numbers = Sample.growing(10_000)
    try IndexFile.write(FakeIndex([FakeSection("n", numbers)]), to: path, compress: false)
    func read() throws -> SharedArray<UInt32> {
      try IndexFile.open(path).array("n", of: UInt32.self, count: 10_000)
    }
    let array = try read()
    // Replacing the file does not disturb who has it open.
    try IndexFile.write(FakeIndex([FakeSection("n", [1, 2])]), to: path, compress: false)
    #expect(array == SharedArray(numbers))
  }

  @Test func anOpenIndexCanBeStoredOverItself() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("a.needle")
    let numbers = Sample.growing(100_000)
    try IndexFile.write(FakeIndex([FakeSection("n", numbers)]), to: path, compress: false)
    let mapped = try IndexFile.open(path).array("n", of: UInt32.self, count: numbers.count)
    let again = FakeIndex([FakeSection { try $0.write("n", mapped) }])
    try IndexFile.write(again, to: path, compress: true)
    let read = try IndexFile.open(path).array("n", of: UInt32.self, count: numbers.count)
    #expect(read == SharedArray(numbers))
  }

  @Test func parametersThatNoTextCanHoldAreRefused() throws {
    let folder = try TemporaryFolder()
    var index = FakeIndex()
    index.summary = IndexSummary(
      backend: "fake",
      parameters: ["a": "1,b=2,"],
      metric: .squaredL2,
      count: 1,
      dimension: 1,
      seed: 0
    )
    #expect(throws: IndexError.self) {
      try IndexFile.write(index, to: folder.path("a"), compress: false)
    }
    #expect(try folder.names().isEmpty)
  }
}
