import TestSupport
import Testing
import VectorCore

@Suite("MatrixWriter")
struct MatrixWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "floats come back as they were",
    arguments: [("a.npy", nil), ("a.npy", .float16), ("a.fvecs", nil), ("a.fbin", .float32)]
      as [(String, ElementKind?)]
  )
  func floats(name: String, element: ElementKind?) throws {
    let rows = FloatRows((0..<30_000).map { Float($0 % 2_000) / 4 - 100 }, columns: 30)
    let path = folder.path + "/" + name
    try rows.write(to: path, as: element)
    #expect(try FloatRows.open(path) == rows)
    #expect(try readAll(path) == rows.values)
    #expect(try folder.names() == [name])
  }

  @Test(
    "integers come back as they were",
    arguments: [("a.npy", nil), ("a.npy", .int64), ("a.ivecs", nil), ("a.ibin", .int32)]
      as [(String, ElementKind?)]
  )
  func integers(name: String, element: ElementKind?) throws {
    let rows = IntegerRows([0, -1, 5, Int(Int32.max), Int(Int32.min), 77], columns: 3)
    let path = folder.path + "/" + name
    try rows.write(to: path, as: element)
    #expect(try IntegerRows.open(path) == rows)
  }

  @Test("the bytes are those of the formats' own writers")
  func exactBytes() throws {
    let rows = FloatRows([1, 2, 3, 4.5], columns: 2)
    let data = FileBytes.of(rows.values)
    try rows.write(to: folder.path + "/a.npy")
    #expect(try folder.bytes("a.npy") == FileBytes.npy("<f4", 2, 2, data: data))
    try rows.write(to: folder.path + "/a.fbin")
    #expect(try folder.bytes("a.fbin") == FileBytes.bigANN(2, 2, data: data))
    try rows.write(to: folder.path + "/a.fvecs")
    let split = [Array(data[..<8]), Array(data[8...])]
    #expect(try folder.bytes("a.fvecs") == FileBytes.vecs(split, elementSize: 4))
    let large = IntegerRows([1 << 40, -1], columns: 2)
    try large.write(to: folder.path + "/b.npy", as: .int64)
    let words = FileBytes.of(large.values)
    #expect(try folder.bytes("b.npy") == FileBytes.npy("<i8", 1, 2, data: words))
  }

  @Test("rows may be appended in pieces")
  func pieces() throws {
    let path = folder.path + "/a.npy"
    let writer = try MatrixWriter(path, dimension: 2, element: .float16)
    for row in 0..<100 {
      let values = [Float(row), Float(-row)]
      try writer.append(values.span)
    }
    #expect(try !folder.names().contains("a.npy"))
    try writer.finish()
    let set = try VectorSet.open(path)
    #expect(set.count == 100)
    #expect(
      try set.allRows(preparedFor: .innerProduct) == (0..<100).flatMap { [Float($0), -Float($0)] }
    )
  }

  @Test("a writer that does not finish leaves nothing")
  func abandoned() throws {
    func begin() throws {
      let writer = try MatrixWriter(folder.path + "/a.fvecs", dimension: 1)
      let values: [Float] = [1, 2]
      try writer.append(values.span)
    }
    try begin()
    #expect(try folder.names() == [])
  }

  @Test("values that do not fit are named with row and column")
  func tooLarge() throws {
    let error = #expect(throws: FileError.self) {
      try FloatRows([1, 2, 3, 65_520], columns: 2).write(to: folder.path + "/a.npy", as: .float16)
    }
    #expect(error?.place == "row 1, column 1")
    #expect(error?.reason == "65520.0 does not fit f16")
    let integer = #expect(throws: FileError.self) {
      try IntegerRows([1, 1 << 31], columns: 1).write(to: folder.path + "/a.ivecs")
    }
    #expect(integer?.place == "row 1, column 0")
    #expect(integer?.remedy == "write i64 in .npy")
    #expect(try folder.names() == [])
  }

  @Test("names and elements that are not written are refused before any work")
  func refused() throws {
    for name in ["a.hdf5", "a.bvecs", "a.u8bin", "a.txt", "a", ""] {
      let error = #expect(throws: FileError.self) {
        try MatrixWriter(folder.path + "/" + name, dimension: 1)
      }
      #expect(error?.kind == .usage)
    }
    for (name, element) in [("a.fvecs", .int32), ("a.ivecs", .float32), ("a.npy", .float64)]
      as [(String, ElementKind)]
    {
      let error = #expect(throws: FileError.self) {
        try MatrixWriter(folder.path + "/" + name, dimension: 1, element: element)
      }
      #expect(error?.kind == .usage)
    }
    #expect(throws: FileError.self) {
      try MatrixWriter(folder.path + "/missing/a.npy", dimension: 1)
    }
    #expect(try folder.names() == [])
  }
}
