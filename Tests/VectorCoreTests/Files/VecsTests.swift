import TestSupport
import Testing
import VectorCore

@Suite("vecs files")
struct VecsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fvecs(_ rows: [[Float]]) -> [UInt8] {
    FileBytes.vecs(rows.map { FileBytes.of($0) }, elementSize: 4)
  }

  @Test("fvecs, bvecs and ivecs are read as vectors")
  func elements() throws {
    let floats = try folder.file("a.fvecs", fvecs([[1, -2.5, 3], [4, 5, 1e-3]]))
    #expect(try readAll(floats) == [1, -2.5, 3, 4, 5, 1e-3])
    let bytes = try folder.file("a.bvecs", FileBytes.vecs([[1, 255], [0, 7]], elementSize: 1))
    #expect(try readAll(bytes) == [1, 255, 0, 7])
    let integers = FileBytes.vecs(
      [[Int32(-1), 70_000]].map { FileBytes.of($0) },
      elementSize: 4
    )
    #expect(try readAll(folder.file("a.IVECS", integers)) == [-1, 70_000])
    let set = try VectorSet.open(floats)
    #expect(set.count == 2 && set.dimension == 3)
  }

  @Test("a row of another dimension is named, with its byte")
  func ragged() throws {
    let longer = try folder.file("a.fvecs", fvecs([[1, 2], [3, 4], [5, 6, 7]]))
    #expect(
      failure(longer)
        == "a.fvecs: row 2, byte 24: dimension 3, but row 0 has 2; "
        + "all rows must have one dimension; write the file again"
    )
    // As many bytes as four rows of 2 take: found when the row is read.
    let hidden = try folder.file("b.fvecs", fvecs([[1, 2], [3, 4, 5, 6, 7], [8, 9]]))
    #expect(failure(hidden)?.hasPrefix("b.fvecs: row 1, byte 12: dimension 5, but") == true)
  }

  @Test("a row whose prefix differs while the size fits is found when it is read")
  func raggedWithFittingSize() throws {
    var bytes = fvecs([[1, 2], [3, 4], [5, 6]])
    bytes[24] = 9
    let path = try folder.file("a.fvecs", bytes)
    let set = try VectorSet.open(path)
    #expect(set.count == 3)
    var values = [Float](repeating: 0, count: 4)
    var span = values.mutableSpan
    try set.copyRows(0..<2, preparedFor: .squaredL2, into: &span)
    #expect(values == [1, 2, 3, 4])
    #expect(
      failure(path)?.hasPrefix("a.fvecs: row 2, byte 24: dimension 9, but row 0 has 2") == true
    )
    let chosen = set.subset([0, 2])
    #expect(throws: FileError.self) { try chosen.allRows(preparedFor: .squaredL2) }
  }

  @Test("impossible dimensions are refused")
  func dimensions() throws {
    #expect(
      failure(try folder.file("a.fvecs", FileBytes.of([Int32(0)])))
        == "a.fvecs: row 0, byte 0: dimension 0; at least 1 is needed; "
        + "check that this is a vecs file, and whole"
    )
    #expect(
      failure(try folder.file("a.fvecs", FileBytes.of([Int32(-4), 0, 0, 0, 0])))
        == "a.fvecs: row 0, byte 0: dimension -4; at least 1 is needed; "
        + "check that this is a vecs file, and whole"
    )
    #expect(
      failure(try folder.file("a.fvecs", FileBytes.of([Int32.max, 0, 0])))
        == "a.fvecs: row 0, byte 0: dimension 2147483647; such a row takes 8589934592 bytes, "
        + "but the file has 12; check that this is a vecs file, and whole"
    )
    #expect(
      failure(try folder.file("a.fvecs", FileBytes.of([Int32(2).byteSwapped, 0, 0])))
        == "a.fvecs: row 0, byte 0: dimension 33554432; such a row takes 134217732 bytes, "
        + "but the file has 12; the file may be big-endian; write it in little-endian order"
    )
  }

  @Test("truncated and longer files say what is missing")
  func sizes() throws {
    let whole = fvecs([[1, 2], [3, 4]])
    #expect(
      failure(try folder.file("a.fvecs", Array(whole.dropLast(3))))
        == "a.fvecs: row 1, byte 12: truncated: a row takes 12 bytes, but 9 are left; "
        + "the file has 21 bytes and needs 24; copy or write the file again"
    )
    #expect(
      failure(try folder.file("a.fvecs", whole + [7]))
        == "a.fvecs: row 2, byte 24: truncated: a row takes 12 bytes, but 1 are left; "
        + "the file has 25 bytes and needs 36; copy or write the file again"
    )
    #expect(failure(try folder.file("a.fvecs", [])) == "a.fvecs: the file is empty")
    #expect(
      failure(try folder.file("a.fvecs", [2, 0]))
        == "a.fvecs: row 0, byte 0: truncated: the first row's dimension takes 4 bytes, "
        + "but there are 2; copy or write the file again"
    )
  }
}
