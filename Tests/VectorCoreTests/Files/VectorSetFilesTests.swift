import TestSupport
import Testing
import VectorCore

@Suite("Opening vector files")
struct VectorSetFilesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let npy = FileBytes.npy("<f4", 1, 2, data: FileBytes.of([1, 2] as [Float]))

  private func error(_ path: String) -> FileError? {
    do {
      _ = try VectorSet.open(path)
      return nil
    } catch {
      return error
    }
  }

  @Test("a name that says nothing: the first bytes do")
  func sniffed() throws {
    #expect(try readAll(folder.file("vectors", npy)) == [1, 2])
    #expect(try readAll(folder.file("vectors.bin", npy)) == [1, 2])
    #expect(try readAll(folder.file("a.NPY", npy)) == [1, 2])
  }

  @Test("other files are refused with the known endings")
  func unknown() throws {
    let known =
      "unpack or convert it; vectors are read from .npy, .fvecs, .bvecs, .ivecs, .fbin, .u8bin, .i8bin, .ibin, "
      + ".hdf5, .h5"
    let path = try folder.file("a.txt", Array("1 2 3".utf8))
    #expect(
      failure(path)
        == "a.txt: the name's ending does not say which format this is; \(known)"
    )
    let zip = try folder.file("a.npz", [0x50, 0x4B, 0x03, 0x04, 0, 0, 0, 0])
    #expect(
      failure(zip)
        == "a.npz: is a zip archive, such as .npz, and no format of vectors; \(known)"
    )
    #expect(error(try folder.file("empty", []))?.kind == .badData)
  }

  @Test("missing files, folders and devices", arguments: ["npy", "fvecs", "fbin", "hdf5", "xyz"])
  func notFiles(ending: String) throws {
    let missing = folder.path + "/a." + ending
    #expect(
      error(missing)
        == FileError(
          .missingInput,
          path: missing,
          reason: "no such file",
          remedy: "check the path"
        )
    )
    let inside = try TemporaryFolder()
    #expect(error(inside.path)?.reason == "is a folder without manifest.json")
    #expect(error(inside.path)?.kind == .missingInput)
    #expect(error("/dev/null")?.reason == "is no regular file, and cannot be mapped")
    #expect(error("")?.kind == .missingInput)
    #expect(error(try folder.file("b." + ending, []))?.kind == .badData)
  }

  @Test("a colon names a dataset of an HDF5 file only")
  func colons() throws {
    #expect(try readAll(folder.file("a:b.npy", npy)) == [1, 2])
    #expect(error(folder.path + "/a.npy:test")?.reason == "no such file")
  }

  @Test("values that are not finite are named with row and column")
  func notFinite() throws {
    let data = FileBytes.of([1, 2, 3, .nan] as [Float16])
    let path = try folder.file("a.npy", FileBytes.npy("<f2", 2, 2, data: data))
    #expect(throws: IndexError.notFinite(what: path, row: 1, column: 1)) { try readAll(path) }
    let large = try folder.file(
      "b.npy",
      FileBytes.npy("<f8", 1, 2, data: FileBytes.of([1, 1e300] as [Double]))
    )
    #expect(throws: IndexError.notFinite(what: large, row: 0, column: 1)) { try readAll(large) }
  }

  @Test("a shuffled set of real size loads row by row as its ids say")
  func shuffled() throws {
    let rows = FloatRows((0..<20_000_000).map { Float($0 & 0xFFFF) }, columns: 50)
    let path = folder.path + "/a.npy"
    try rows.write(to: path)
    let set = try VectorSet.open(path)
    let (rest, _) = set.split(holdingOut: 10_000, seed: 1)
    let loaded = try rest.allRows(preparedFor: .innerProduct)
    #expect(loaded.count == 390_000 * 50)
    let wrong = (0..<390_000).first { row in
      let original = Int(rest.ids[UInt32(row)]) * 50
      return loaded[row * 50..<(row + 1) * 50] != rows.values[original..<original + 50]
    }
    #expect(wrong == nil)
  }
}
