import IndexStore
import TestSupport
import Testing
import VectorCore

/// The optional section of a recall curve: what is written is read, and what makes no sense is
/// refused.
@Suite struct RecallSectionTests {
  private static func curve(
    real: Bool = false,
    source: RecallCurve.QuerySource = .given
  ) -> RecallCurve {
    RecallCurve(
      parameter: "width",
      target: 0.95,
      queryCount: 777,
      querySource: source,
      tables: [1, 3].map { k in
        RecallCurve.Table(
          k: k,
          points: [2, 5, 9].map { value in
            RecallCurve.Point(
              value: real ? .real(Double(value) / 8) : .integer(value),
              recall: Double(value) / 10,
              lowerBound: Double(value) / 11
            )
          }
        )
      }
    )
  }

  /// The bytes of a curve's section, as a file holds them.
  private static func bytes(_ curve: RecallCurve) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = folder.path("tuned")
    try IndexFile.write(TunedIndex(FakeIndex(), curve: curve), to: path, compress: false)
    let file = try IndexFile.open(path)
    let section = try #require(file.sections.first { $0.name == "recall-curve" })
    #expect(section.isOptional)
    let array = try file.array("recall-curve", of: UInt8.self, count: section.count)
    return (0..<array.count).map { array[$0] }
  }

  private static func read(_ bytes: [UInt8], count: Int = 5) throws -> RecallCurve? {
    let folder = try TemporaryFolder()
    let path = folder.path("forged")
    let index = FakeIndex(count: count, [FakeSection("recall-curve", bytes, optional: true)])
    try IndexFile.write(index, to: path, compress: false)
    return try IndexFile.open(path).recallCurve()
  }

  @Test(arguments: [true, false], [RecallCurve.QuerySource.heldOut, .leaveOneOut, .given])
  func whatIsWrittenIsRead(_ real: Bool, _ source: RecallCurve.QuerySource) throws {
    let curve = Self.curve(real: real, source: source)
    #expect(try Self.read(Self.bytes(curve), count: 780) == curve)
  }

  @Test func aFileWithoutTheSectionHasNoCurve() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("plain")
    try IndexFile.write(FakeIndex(), to: path, compress: false)
    #expect(try IndexFile.open(path).recallCurve() == nil)
  }

  @Test func otherLengthsAreRefused() throws {
    let whole = try Self.bytes(Self.curve())
    for length in 0..<whole.count {
      #expect(throws: FileError.self) { try Self.read(Array(whole[..<length])) }
    }
    #expect(throws: FileError.self) { try Self.read(whole + [0]) }
    #expect(throws: FileError.self) { try Self.read([UInt8](repeating: 1, count: 2 << 20)) }
  }

  /// Every byte, set to values that make sizes, orders and numbers wrong in turn.
  @Test func everyByteChangedIsRefusedOrHarmless() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("forged")
    for real in [false, true] {
      let whole = try Self.bytes(Self.curve(real: real))
      for place in whole.indices {
        for value: UInt8 in [0, 1, 0x7F, 0x80, 0xF0, 0xFF, whole[place] ^ 1] {
          var bytes = whole
          bytes[place] = value
          let index = FakeIndex([FakeSection("recall-curve", bytes, optional: true)])
          try IndexFile.write(index, to: path, compress: false)
          do {
            let curve = try #require(try IndexFile.open(path).recallCurve())
            // What is accepted can be asked.
            for target in [1e-9, 0.5, 0.999] { _ = try? curve.setting(reaching: target, k: 2) }
            _ = try? curve.defaultSetting(k: 1)
          } catch let error as FileError {
            #expect(error.kind == .badData && error.place?.contains("recall-curve") == true)
          }
        }
      }
    }
  }

  @Test func moreNeighborsThanVectorsAreRefused() throws {
    let bytes = try Self.bytes(Self.curve())
    #expect(try Self.read(bytes, count: 3) != nil)
    #expect(throws: FileError.self) { try Self.read(bytes, count: 2) }
    // Vectors that were held out cannot have been found.
    let heldOut = try Self.bytes(Self.curve(source: .heldOut))
    #expect(throws: FileError.self) { try Self.read(heldOut, count: 779) }
  }

  @Test func aBackendMustKnowTheParameter() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("tuned")
    let index = FakeIndex([FakeSection("numbers", [UInt32](repeating: 1, count: 5))])
    try IndexFile.write(TunedIndex(index, curve: Self.curve()), to: path, compress: false)
    let error = #expect(throws: FileError.self) {
      try IndexFile.open(path).index(using: [FakeBackend.self])
    }
    #expect(error?.description.contains("fake has no parameter 'width'") == true)
  }
}
