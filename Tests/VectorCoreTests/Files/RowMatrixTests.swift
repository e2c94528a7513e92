import TestSupport
import Testing
import VectorCore

@Suite("Ground truth files")
struct RowMatrixTests {
  private let folder: TemporaryFolder
  private let hdf5 = RealVectors.folder + "/vectors.hdf5"

  init() throws { folder = try TemporaryFolder() }

  @Test("neighbours are read from all formats")
  func neighbors() throws {
    let expected = IntegerRows([0, 1, 6, 2, 3, 4], columns: 2)
    let words = FileBytes.of(expected.values.map { Int32($0) })
    let rows = (0..<3).map { Array(words[$0 * 8..<$0 * 8 + 8]) }
    let paths = [
      hdf5, hdf5 + ":neighbors",
      try folder.file("a.ivecs", FileBytes.vecs(rows, elementSize: 4)),
      try folder.file("a.ibin", FileBytes.bigANN(3, 2, data: words)),
      try folder.file("a.npy", FileBytes.npy("<i4", 3, 2, data: words)),
      try folder.file("b.npy", FileBytes.npy("<u4", 3, 2, data: words)),
      try folder.file("c.npy", FileBytes.npy("<i8", 3, 2, data: FileBytes.of(expected.values))),
      try folder.file("d.npy", FileBytes.npy("<u8", 3, 2, data: FileBytes.of(expected.values))),
    ]
    for path in paths {
      #expect(try IntegerRows.open(path, within: 0..<7) == expected, "\(path)")
    }
    #expect(expected.count == 3 && expected[1] == [6, 2])
  }

  @Test("distances are read from all formats, also behind the neighbours of a big-ann file")
  func distances() throws {
    let expected = FloatRows([0, 0.25, 1, 1.25, 2, .infinity], columns: 2)
    let floats = FileBytes.of(expected.values)
    let both = FileBytes.bigANN(3, 2, data: FileBytes.of([Int32](0..<6)) + floats)
    let path = try folder.file("gt.ibin", both)
    #expect(try FloatRows.open(path) == expected)
    #expect(try IntegerRows.open(path).values == Array(0..<6))
    #expect(
      try FloatRows.open(folder.file("a.fbin", FileBytes.bigANN(3, 2, data: floats))) == expected
    )
    #expect(try FloatRows.open(hdf5).values == [0, 0.25, 1, 1.25, 2, 2.25])
    let one = try folder.file("b.ibin", FileBytes.bigANN(1, 1, data: FileBytes.of([Int32(7)])))
    #expect(throws: FileError.self) { try FloatRows.open(one) }
  }

  @Test("a value out of bounds is named with row and column")
  func bounds() throws {
    let error = #expect(throws: FileError.self) { try IntegerRows.open(hdf5, within: 0..<6) }
    #expect(
      error?.description
        == "\(hdf5): row 1, column 0: 6 is not in 0..<6; "
        + "check that these neighbours belong to this set"
    )
    let negative = FileBytes.vecs([FileBytes.of([Int32(3), -1])], elementSize: 4)
    let path = try folder.file("a.ivecs", negative)
    let second = #expect(throws: FileError.self) { try IntegerRows.open(path, within: 0..<6) }
    #expect(second?.place == "row 0, column 1")
    #expect(try IntegerRows.open(path).values == [3, -1])
  }

  @Test("elements that are no row numbers are refused")
  func elements() throws {
    let floats = try folder.file("a.fvecs", FileBytes.vecs([[0, 0, 0, 0]], elementSize: 4))
    let error = #expect(throws: FileError.self) { try IntegerRows.open(floats) }
    #expect(error?.reason == "holds f32, not row numbers of 32 or 64 bits")
    let fraction = #expect(throws: FileError.self) { try IntegerRows.open(hdf5 + ":chunked") }
    #expect(fraction?.reason == "holds numbers with a fraction, not row numbers")
    let large = FileBytes.npy("<u8", 1, 2, data: FileBytes.of([UInt64(1), .max]))
    let overflow = #expect(throws: FileError.self) {
      try IntegerRows.open(folder.file("a.npy", large))
    }
    #expect(overflow?.place == "row 0, column 1")
  }

  @Test("ragged and truncated files are refused")
  func malformed() throws {
    var ragged = FileBytes.vecs([[1, 0, 0, 0], [2, 0, 0, 0]], elementSize: 4)
    ragged[8] = 2
    let error = #expect(throws: FileError.self) {
      try IntegerRows.open(folder.file("a.ivecs", ragged))
    }
    #expect(error?.place == "row 1, byte 8")
    let whole = FileBytes.bigANN(2, 1, data: FileBytes.of([Int32](0..<4)))
    for length in 0..<whole.count where length != 16 {
      let path = try folder.file("a.ibin", Array(whole[..<length]))
      #expect(throws: FileError.self, "\(length)") { try IntegerRows.open(path) }
      #expect(throws: FileError.self, "\(length)") { try FloatRows.open(path) }
    }
  }
}
