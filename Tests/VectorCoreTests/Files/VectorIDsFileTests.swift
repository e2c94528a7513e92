import TestSupport
import Testing
import VectorCore

@Suite("Files of ids")
struct VectorIDsFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, count: Int) throws -> [UInt64]? {
    try VectorIDs(contentsOf: folder.file("ids.txt", Array(text.utf8)), count: count).explicit
  }

  private func message(_ bytes: [UInt8], count: Int) throws -> String? {
    let path = try folder.file("ids.txt", bytes)
    do {
      _ = try VectorIDs(contentsOf: path, count: count, vectors: "a.npy")
      return nil
    } catch {
      #expect(error.path == path && error.kind == .badData)
      return error.description.replacing(path, with: "ids.txt")
    }
  }

  @Test("lines may end in LF or CRLF, the last also in nothing")
  func lines() throws {
    #expect(try read("7\n18446744073709551615\n0\n", count: 3) == [7, .max, 0])
    #expect(try read("7\r\n8\r\n", count: 2) == [7, 8])
    #expect(try read("7\n8", count: 2) == [7, 8])
    #expect(try read("007\n", count: 1) == [7])
    #expect(try read("", count: 0) == [])
  }

  @Test(
    "lines that are no ids are named",
    arguments: [
      ("1\n\n3\n", "line 2: blank; give one id a line"),
      ("1\n2\n3\n\n", "line 4: blank; give one id a line"),
      ("\r\n1\n2\n", "line 1: blank; give one id a line"),
      ("1\n-2\n3\n", "line 2: '-2' is not an unsigned whole number"),
      ("+1\n2\n3\n", "line 1: '+1' is not an unsigned whole number"),
      ("1\n2\nx\n", "line 3: 'x' is not an unsigned whole number"),
      ("1\n2 \n3\n", "line 2: '2 ' is not an unsigned whole number"),
      ("1\n2\t4\n3\n", "line 2: '2 4' is not an unsigned whole number"),
      ("1\n2.0\n3\n", "line 2: '2.0' is not an unsigned whole number"),
      ("1\r2\r3\r", "line 1: '1' is not an unsigned whole number"),
      ("18446744073709551616\n", "line 1: '18446744073709551616' is more than 64 bits"),
      ("1\n\u{663}\n", "line 2: '\u{663}' is not an unsigned whole number"),
      ("\u{FEFF}1\n2\n", "line 1: a byte order mark, which is no part of an id"),
      (
        "1\n" + String(repeating: "y", count: 1_000),
        "line 2: '" + String(repeating: "y", count: 40) + "' is not an unsigned whole number"
      ),
    ]
  )
  func malformed(text: String, expected: String) throws {
    let message = try #require(try self.message(Array(text.utf8), count: 3))
    #expect(message.hasPrefix("ids.txt: " + expected), "\(message)")
  }

  @Test("bytes that are no UTF-8 are named")
  func notText() throws {
    for bytes in [[0xFF, 0xFE, 0x31, 0x00], [0x31, 0xC3, 0x0A]] as [[UInt8]] {
      #expect(
        try message(bytes, count: 1)
          == "ids.txt: line 1: not UTF-8 text; give one unsigned 64-bit id a line, digits only"
      )
    }
  }

  @Test("an id that stands twice is named with both lines")
  func duplicates() throws {
    #expect(
      try message(Array("5\n6\n7\n6\n".utf8), count: 4)
        == "ids.txt: line 4: id 6 stands at line 2 already; ids must be unique"
    )
  }

  @Test("another number of ids than vectors names both")
  func wrongCount() throws {
    #expect(
      try message(Array("5\n6\n".utf8), count: 3)
        == "ids.txt: 2 ids, but a.npy has 3 vectors; give one id a line for each vector"
    )
    #expect(try message([], count: 3)?.contains("0 ids, but a.npy has 3 vectors") == true)
    #expect(try message(Array("1\n2\n3\n".utf8), count: 2)?.contains("3 ids, but") == true)
  }

  @Test("a set is opened with its ids")
  func withVectors() throws {
    let vectors = try folder.file(
      "a.fbin",
      FileBytes.bigANN(2, 1, data: FileBytes.of([1, 2] as [Float]))
    )
    let ids = try folder.file("ids.txt", Array("9\n4\n".utf8))
    let set = try VectorSet.open(vectors, ids: ids)
    #expect(set.ids.explicit == [9, 4])
    #expect(set.subset([1]).ids[0] == 4)
    #expect(throws: FileError.self) { try VectorSet.open(vectors, ids: ids + ".missing") }
  }
}
