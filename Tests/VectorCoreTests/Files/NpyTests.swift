import Foundation
import TestSupport
import Testing
import VectorCore

@Suite("npy files")
struct NpyTests {
  private let folder: TemporaryFolder
  private let values: [Float] = [0, 1, -2, 0.5, 100, -0.25]

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "every element type is converted",
    arguments: ["<f2", "<f4", "=f4", "<f8", "|i1", "<i1", ">i1", "|u1", "<i4"]
  )
  func elements(descr: String) throws {
    let values: [Float] = descr.contains("f") ? self.values : [0, 1, 100, 7, 50, 127]
    let data: [UInt8] =
      switch descr.dropFirst() {
      case "f2": FileBytes.of(values.map { Float16($0) })
      case "f4": FileBytes.of(values)
      case "f8": FileBytes.of(values.map { Double($0) })
      case "i4": FileBytes.of(values.map { Int32($0) })
      default: values.map { UInt8($0) }
      }
    let path = try folder.file("a.npy", FileBytes.npy(descr, 2, 3, data: data))
    let set = try VectorSet.open(path)
    #expect(set.count == 2 && set.dimension == 3 && set.name == path)
    #expect(try set.allRows(preparedFor: .innerProduct) == values)
  }

  @Test("negative bytes keep their sign")
  func signs() throws {
    let path = try folder.file("a.npy", FileBytes.npy("|i1", 1, 2, data: [0x80, 0xFF]))
    #expect(try readAll(path) == [-128, -1])
  }

  @Test("the exact bytes that numpy.save wrote are read")
  func numpyBytes() throws {
    // np.save(f, np.array([[1, 2], [3, 4.5]], np.float32))
    let header =
      "93 4e 55 4d 50 59 01 00 76 00 7b 27 64 65 73 63 72 27 3a 20 27 3c 66 34 27 2c 20 27 66 6f 72"
      + " 74 72 61 6e 5f 6f 72 64 65 72 27 3a 20 46 61 6c 73 65 2c 20 27 73 68 61 70 65 27 3a 20 28"
      + " 32 2c 20 32 29 2c 20 7d"
    var bytes = header.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    bytes += [UInt8](repeating: 0x20, count: 127 - bytes.count) + [0x0A]
    bytes += FileBytes.of([1, 2, 3, 4.5] as [Float])
    #expect(try readAll(folder.file("a.npy", bytes)) == [1, 2, 3, 4.5])
  }

  @Test("versions 2 and 3, other key orders, quotes and spacing", arguments: [1, 2, 3] as [UInt8])
  func versions(version: UInt8) throws {
    for dictionary in [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      "{'shape':(2,3),'fortran_order':False,'descr':'<f4'}",
      "{ \"descr\" : \"<f4\" , 'shape' : ( 2 , 3 , ) , \"fortran_order\" : False }",
    ] {
      let data = FileBytes.of(values)
      let bytes = FileBytes.npy(dictionary, version: version, data: data)
      #expect(try readAll(folder.file("a.npy", bytes)) == values)
    }
  }

  @Test("a set without vectors can be opened")
  func noRows() throws {
    let set = try VectorSet.open(folder.file("a.npy", FileBytes.npy("<f4", 0, 3, data: [])))
    #expect(set.count == 0 && set.dimension == 3)
    #expect(try set.allRows(preparedFor: .cosine) == [])
  }

  @Test(
    "dictionaries that are no matrix of numbers are refused with the remedy",
    arguments: [
      (
        "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }",
        "header: the array is in Fortran order; save np.ascontiguousarray(a) with np.save"
      ),
      (
        "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }",
        "header: dtype '>f4' is big-endian; save a.astype('<f4') with np.save"
      ),
      (
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }",
        "header: dtype '|O' is Python objects, not numbers; "
          + "save a.astype(np.float32) with np.save"
      ),
      (
        "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3), }",
        "header: dtype '<c8' is none of f2, f4, f8, i1, u1, i4, i8, u4, u8; "
          + "save a.astype(np.float32) with np.save"
      ),
      (
        "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (2, 3), }",
        "header, byte 20: a structured dtype, not plain numbers; "
          + "save one field as a matrix with np.save"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (), }",
        "header: shape (), but a matrix [n, dimension] is needed; "
          + "save a.reshape(-1, dimension) with np.save"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }",
        "header: shape (6), but a matrix [n, dimension] is needed; "
          + "save a.reshape(1, -1), or a.reshape(-1, 1), with np.save"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }",
        "header: shape (1, 2, 3), but a matrix [n, dimension] is needed; "
          + "save a.reshape(-1, dimension) with np.save"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }",
        "header: dimension 0; vectors have at least one element"
      ),
      (
        "{'descr': '<i8', 'fortran_order': False, 'shape': (1, 3), }",
        "holds i64, which are no coordinates of vectors; save a.astype(np.float32) with np.save"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000, 4000000000), }",
        "header: 4000000000 x 4000000000 elements of f32 are more than any file holds"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3), }",
        "byte 152: truncated: the header promises 3 x 3 elements of f32, which makes 164 bytes, "
          + "but there are 152; copy or write the file again"
      ),
      (
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }",
        "byte 144: 8 trailing bytes: the header promises 2 x 2 elements of f32, "
          + "which makes 144 bytes, but there are 152; "
          + "check that the name's ending fits the element type, or write the file again"
      ),
    ]
  )
  func refused(dictionary: String, message: String) throws {
    let bytes = FileBytes.npy(dictionary, data: FileBytes.of(values))
    #expect(failure(try folder.file("a.npy", bytes)) == "a.npy: \(message)")
  }

  @Test(
    "malformed dictionaries are refused",
    arguments: [
      "", "{", "{}", "x", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } x",
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, -3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (6), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 99999999999999999999), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3.0), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': [2, 3], }",
      "{'descr': '<f4, 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': '<f\\x34', 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': '<f\u{FC}', 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': '<<f4', 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': '', 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': <f4, 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3), }",
      "{'descr': '<f4', 'fortran_order': False, 'shape': ("
        + String(repeating: "1, ", count: 100) + "), }",
    ]
  )
  func malformed(dictionary: String) throws {
    let bytes = FileBytes.npy(dictionary, data: FileBytes.of(values))
    let message = try #require(failure(try folder.file("a.npy", bytes)))
    #expect(message.hasPrefix("a.npy: header"))
  }

  @Test("files that are no npy file are refused by their first bytes")
  func foreign() throws {
    #expect(
      failure(try folder.file("a.npy", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]))
        == "a.npy: byte 0: not a .npy file: it is an HDF5 file; check the name's ending"
    )
    #expect(
      failure(try folder.file("a.npy", Array("hello world".utf8)))
        == "a.npy: byte 0: not a .npy file: its first bytes differ; check the name's ending"
    )
    var later = FileBytes.npy("<f4", 2, 3, data: FileBytes.of(values))
    later[6] = 4
    #expect(
      failure(try folder.file("a.npy", later))
        == "a.npy: byte 6: version 4.0 of the .npy format is not known, only 1.0, 2.0 and 3.0; "
        + "save it again with np.save"
    )
    var long = FileBytes.npy("{}", version: 2, data: [])
    long.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(
      failure(try folder.file("a.npy", long))
        == "a.npy: byte 8: a header of 4294967295 bytes is no matrix's; "
        + "copy or write the file again"
    )
  }

  @Test("the shipped slice of real vectors loads, and its vectors differ")
  func shipped() throws {
    let base = try VectorSet.open(RealVectors.base)
    let queries = try VectorSet.open(RealVectors.queries, role: .queries)
    #expect(base.count == 4_000 && base.dimension == 50)
    #expect(queries.count == 200 && queries.dimension == 50)
    let values = try base.allRows(preparedFor: .cosine)
    for row in 0..<base.count {
      let norm = values[row * 50..<(row + 1) * 50].reduce(0) { $0 + $1 * $1 }
      #expect(abs(norm - 1) < 1e-5)
    }
    let half = Float(Float16(bitPattern: 0x3535))
    #expect(try base.allRows(preparedFor: .innerProduct)[0] == half)
  }

  @Test(
    "a set of the shared data loads",
    .enabled(if: FileManager.default.fileExists(atPath: sharedSet), "no ../shared/data/revdict")
  )
  func sharedData() throws {
    let set = try VectorSet.open(sharedSet, role: .queries)
    #expect(set.count > 0 && set.dimension == 384)
    #expect(try set.allRows(preparedFor: .cosine).count == set.count * 384)
  }
}

/// Found from the package's root, beside which it may lie.
private let sharedSet =
  RealVectors.folder + "/../../../shared/data/revdict/dev.minilm.f16.npy"
