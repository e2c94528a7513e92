import TestSupport
import Testing
import VectorCore

@Suite("big-ann files")
struct BigANNTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("all four element types are read")
  func elements() throws {
    let floats = FileBytes.bigANN(2, 2, data: FileBytes.of([1, 2, 3, -4.5] as [Float]))
    #expect(try readAll(folder.file("a.fbin", floats)) == [1, 2, 3, -4.5])
    let bytes = FileBytes.bigANN(1, 3, data: [0, 128, 255])
    #expect(try readAll(folder.file("a.u8bin", bytes)) == [0, 128, 255])
    #expect(try readAll(folder.file("a.i8bin", bytes)) == [0, -128, -1])
    let integers = FileBytes.bigANN(1, 2, data: FileBytes.of([Int32(5), -6]))
    #expect(try readAll(folder.file("a.ibin", integers)) == [5, -6])
  }

  @Test("the header must fit the file")
  func sizes() throws {
    let whole = FileBytes.bigANN(2, 2, data: FileBytes.of([1, 2, 3, 4] as [Float]))
    #expect(
      failure(try folder.file("a.fbin", Array(whole.dropLast())))
        == "a.fbin: byte 23: truncated: the header promises 2 x 2 elements of f32, "
        + "which makes 24 bytes, but there are 23; copy or write the file again"
    )
    #expect(
      failure(try folder.file("a.u8bin", whole))
        == "a.u8bin: byte 12: 12 trailing bytes: the header promises 2 x 2 elements of u8, "
        + "which makes 12 bytes, but there are 24; "
        + "check that the name's ending fits the element type, or write the file again"
    )
    #expect(
      failure(try folder.file("a.fbin", [1, 0, 0, 0, 1]))
        == "a.fbin: header: truncated: the header takes 8 bytes, but there are 5; "
        + "copy or write the file again"
    )
    #expect(failure(try folder.file("a.fbin", [])) == "a.fbin: the file is empty")
    #expect(
      failure(try folder.file("a.fbin", FileBytes.bigANN(3, 0, data: [])))
        == "a.fbin: header: dimension 0; vectors have at least one element"
    )
    #expect(
      failure(try folder.file("a.fbin", FileBytes.of([UInt32.max, UInt32.max])))
        == "a.fbin: header: 4294967295 x 4294967295 elements of f32 are more than any file holds"
    )
    #expect(
      failure(try folder.file("a.fbin", FileBytes.of([UInt32.max, 16])))
        == "a.fbin: byte 8: truncated: the header promises 4294967295 x 16 elements of f32, "
        + "which makes 274877906888 bytes, but there are 8; copy or write the file again"
    )
  }

  @Test("a set without vectors can be opened")
  func noRows() throws {
    let set = try VectorSet.open(folder.file("a.fbin", FileBytes.bigANN(0, 5, data: [])))
    #expect(set.count == 0 && set.dimension == 5)
  }
}
