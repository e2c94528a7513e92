import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing
import VectorCore

/// Reads `Tests/Data/vectors.hdf5`, which `make-hdf5.py` beside it made with h5py.
@Suite("HDF5 files")
struct HDF5Tests {
  private let file = RealVectors.folder + "/vectors.hdf5"
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func grid(_ rows: Int, _ columns: Int) -> [Float] {
    (0..<rows * columns).map { Float($0 / columns) + Float($0 % columns) / 4 }
  }

  private func message(_ dataset: String) -> String? { failure("\(file):\(dataset)") }

  @Test("the role says which dataset is read, and the path may name another")
  func roles() throws {
    let base = try VectorSet.open(file)
    #expect(base.count == 7 && base.dimension == 4 && base.name == "\(file):train")
    #expect(try readAll(file) == grid(7, 4))
    #expect(try readAll(file, role: .queries) == grid(3, 4))
    #expect(try readAll(file + ":test") == grid(3, 4))
    #expect(try readAll(file + ":group/inner", role: .queries) == grid(7, 4))
  }

  @Test(
    "all element types, byte orders and layouts",
    arguments: ["f64", "f16", "f32be", "chunked"]
  )
  func elements(dataset: String) throws {
    #expect(try readAll("\(file):\(dataset)") == grid(7, 4))
  }

  @Test("integers are read as floats")
  func integers() throws {
    #expect(try readAll(file + ":i8") == (0..<28).map { Float(-($0 / 4)) })
    #expect(try readAll(file + ":u8") == (0..<28).map { Float(200 + $0 / 4) })
    #expect(try readAll(file + ":i64") == (0..<28).map { Float(($0 / 4) << 33) })
  }

  @Test("rows come in any order, from mapped and from packed datasets")
  func anyOrder() throws {
    let rows: [UInt32] = [6, 0, 3, 3]
    for dataset in ["train", "chunked", "f16"] {
      let set = try VectorSet.open("\(file):\(dataset)")
      let chosen = try set.subset(rows).allRows(preparedFor: .innerProduct)
      let whole = grid(7, 4)
      #expect(chosen == rows.flatMap { whole[Int($0) * 4..<Int($0) * 4 + 4] })
      var part = [Float](repeating: 0, count: 8)
      var span = part.mutableSpan
      try set.copyRows(4..<6, preparedFor: .innerProduct, into: &span)
      #expect(part == Array(whole[16..<24]))
    }
  }

  @Test("windows of any size give the same rows", arguments: [1, 4, 9, 12, 28, 100])
  func windows(size: Int) throws {
    let dataset = try HDF5Dataset("chunked", in: MappedFile(path: file))
    let source = HDF5Vectors(dataset, windowSize: size)
    let expected = grid(7, 4)
    for start in [0, 3, 6, 1] {
      for end in start...7 {
        var values = [Float](repeating: -1, count: (end - start) * 4)
        var span = values.mutableSpan
        try source.copyRows(start..<end, into: &span)
        #expect(values == Array(expected[start * 4..<end * 4]))
      }
    }
    let chosen = VectorSet(source).subset([5, 1, 5])
    #expect(
      try chosen.allRows(preparedFor: .innerProduct)
        == [5, 1, 5].flatMap { expected[$0 * 4..<$0 * 4 + 4] }
    )
  }

  @Test("threads may read at once")
  func threads() throws {
    let set = try VectorSet.open(file + ":chunked")
    let wrong = Atomic(0)
    let expected = grid(7, 4)
    DispatchQueue.concurrentPerform(iterations: 200) { turn in
      let row = turn % 7
      var values = [Float](repeating: 0, count: 4)
      var span = values.mutableSpan
      do {
        try set.copyRows(row..<row + 1, preparedFor: .innerProduct, into: &span)
        if values != Array(expected[row * 4..<row * 4 + 4]) { wrong.add(1, ordering: .relaxed) }
        if try VectorSet.open(file).count != 7 { wrong.add(1, ordering: .relaxed) }
      } catch {
        wrong.add(1, ordering: .relaxed)
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  @Test("a dataset that is not there: the message lists those that are")
  func missing() {
    #expect(
      message("nothing")
        == "\(file): no dataset 'nothing'; there are alias, chunked, compound, "
        + "distances, f16, f32be, f64, huge, i64, i8, neighbors, norows, nowidth, outside, rank1, "
        + "rank3, scalar, strings, test, train, u8, unwritten; name one of them: "
        + "\(file):DATASET"
    )
    #expect(message("group") == "\(file): dataset 'group': not a dataset")
  }

  @Test(
    "datasets that are no matrix of numbers are refused",
    arguments: [
      ("rank1", "shape (5) of rank 1, but a matrix [n, dimension] is needed"),
      ("rank3", "shape (2, 2, 2) of rank 3, but a matrix [n, dimension] is needed"),
      ("scalar", "shape () of rank 0, but a matrix [n, dimension] is needed"),
      ("strings", "holds strings, not numbers"),
      ("compound", "holds compound elements, not numbers"),
      ("nowidth", "dimension 0; vectors have at least one element"),
      ("outside", "keeps its elements in other files"),
      (
        "huge",
        "shape (1099511627776, 1024) needs 4503599627370496 bytes, but only 0 were written"
      ),
      ("unwritten", "shape (7, 4) needs 112 bytes, but only 0 were written"),
    ]
  )
  func refused(dataset: String, reason: String) throws {
    let message = try #require(self.message(dataset))
    #expect(message.contains(": dataset '\(dataset)': \(reason)"), "\(message)")
  }

  @Test("links to other files are not followed")
  func externalLink() throws {
    let copy = folder.path + "/a.hdf5"
    try FileManager.default.copyItem(atPath: file, toPath: copy)
    try FileManager.default.copyItem(atPath: file, toPath: folder.path + "/other.hdf5")
    #expect(failure(copy + ":elsewhere")?.contains("dataset 'elsewhere': ") == true)
    #expect(try readAll(copy + ":alias") == grid(7, 4))
  }

  @Test("a set without vectors can be opened")
  func noRows() throws {
    let set = try VectorSet.open(file + ":norows")
    #expect(set.count == 0 && set.dimension == 4)
    #expect(try set.allRows(preparedFor: .innerProduct) == [])
  }

  @Test("files that are no HDF5 files are refused without a word on stderr")
  func foreign() async throws {
    let path = try folder.file("a.hdf5", Array("this is no HDF5 file".utf8))
    #expect(
      failure(path)
        == "a.hdf5: not a readable HDF5 file: file signature not found; "
        + "check the name's ending, or copy the file again"
    )
    #expect(failure(try folder.file("a.h5", [])) == "a.h5: the file is empty")
    let result = await #expect(
      processExitsWith: .success,
      observing: [\.standardErrorContent, \.standardOutputContent]
    ) {
      let folder = try TemporaryFolder()
      let path = try folder.file("a.hdf5", Array("this is no HDF5 file".utf8))
      for name in [path, path + ":x", RealVectors.folder + "/vectors.hdf5:nothing"] {
        #expect(throws: FileError.self) { try VectorSet.open(name) }
      }
    }
    #expect(result?.standardErrorContent == [])
  }

  @Test("each truncation of the file is an error, never a trap")
  func truncated() throws {
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: file)))
    for length in stride(from: 0, to: whole.count, by: 97) {
      let path = try folder.file("a.hdf5", Array(whole[..<length]))
      #expect(throws: FileError.self, "\(length) bytes") { try VectorSet.open(path) }
    }
  }
}
