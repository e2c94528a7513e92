import Foundation
import TestSupport
import Testing
import VectorCore

/// Small files whose bytes are cut and flipped: every one is read or refused, none traps.
@Suite("Corrupt vector files")
struct CorruptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let floats = FileBytes.of([1, -2, 3, 0.5, 5, 6] as [Float])

  static let files: [(name: String, bytes: [UInt8])] = [
    ("a.npy", FileBytes.npy("<f4", 2, 3, data: floats)),
    ("b.npy", FileBytes.npy("<f2", 3, 4, data: floats)),
    ("c.npy", FileBytes.npy("<f8", 1, 3, data: floats)),
    ("d.npy", FileBytes.npy("|i1", 6, 4, data: floats)),
    ("a.fvecs", FileBytes.vecs([Array(floats[..<12]), Array(floats[12...])], elementSize: 4)),
    ("a.bvecs", FileBytes.vecs([[1, 2], [3, 4], [5, 6]], elementSize: 1)),
    ("a.ivecs", FileBytes.vecs([Array(floats[..<8]), Array(floats[8..<16])], elementSize: 4)),
    ("a.fbin", FileBytes.bigANN(3, 2, data: floats)),
    ("a.u8bin", FileBytes.bigANN(4, 6, data: floats)),
    ("a.i8bin", FileBytes.bigANN(4, 6, data: floats)),
    ("a.ibin", FileBytes.bigANN(2, 3, data: floats)),
  ]

  @Test("the files are sound before they are touched", arguments: files)
  func sound(name: String, bytes: [UInt8]) throws {
    _ = try readAll(folder.file(name, bytes))
  }

  @Test("each truncation is an error", arguments: files)
  func truncated(name: String, bytes: [UInt8]) throws {
    let isVecs = name.hasSuffix("vecs")
    for length in 0..<bytes.count {
      let path = try folder.file(name, Array(bytes[..<length]))
      // A vecs file names no number of rows: cut between two of them it is whole.
      if isVecs, length > 0, length.isMultiple(of: bytes.count / (name == "a.bvecs" ? 3 : 2)) {
        _ = try readAll(path)
      } else {
        #expect(throws: FileError.self, "\(length) bytes") { try VectorSet.open(path) }
        #expect(throws: FileError.self, "\(length) bytes") { try FloatRows.open(path) }
      }
    }
  }

  @Test("each flipped byte gives an error or a readable set", arguments: files)
  func flipped(name: String, bytes: [UInt8]) throws {
    for index in bytes.indices {
      for flip in [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] ^= flip
        let path = try folder.file(name, changed)
        #expect(isReadOrRefused(path), "byte \(index) ^ \(flip)")
        #expect(isReadOrRefused(path, as: IntegerRows.self), "byte \(index) ^ \(flip)")
      }
    }
  }

  @Test("bytes behind the end are an error", arguments: files)
  func longer(name: String, bytes: [UInt8]) throws {
    let path = try folder.file(name, bytes + [0])
    #expect(throws: FileError.self) { try VectorSet.open(path) }
  }

  @Test(
    "flipped bytes of an HDF5 file give an error or a readable set",
    arguments: ["train", "chunked", "nothing"]
  )
  func flippedHDF5(dataset: String) throws {
    let path = folder.path + "/a.hdf5:\(dataset)"
    let original = RealVectors.folder + "/vectors.hdf5"
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: original)))
    for index in stride(from: 0, to: bytes.count, by: 127) {
      var changed = bytes
      changed[index] ^= [0x01, 0x80, 0xFF][index / 127 % 3]
      _ = try folder.file("a.hdf5", changed)
      #expect(isReadOrRefused(path), "byte \(index)")
    }
  }
}

private func isReadOrRefused(_ path: String, as: IntegerRows.Type) -> Bool {
  do {
    _ = try IntegerRows.open(path, within: 0..<100)
    return true
  } catch {
    return error.path == path
  }
}
