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
    #expect(try read("", count: 0) == [])
  }

  @Test(
    "lines that are no ids are named",
    arguments: [
      ("1\n\n3\n", "line 2: the id is blank; give one id a line, a number or a word"),
      ("1\n2\n3\n\n", "line 4: the id is blank"),
      ("\r\n1\n2\n", "line 1: the id is blank"),
      ("1\n2 \n3\n", "line 2: the id '2 ' holds a blank or a control character"),
      ("1\n2\t4\n3\n", "line 2: the id '2 4' holds a blank"),
      ("a\u{A0}b\n2\n3\n", "line 1: the id 'a\u{A0}b' holds a blank"),
      ("1\r2\r3\r", "line 1: the id '1 2 3 ' holds a blank or a control"),
      ("\u{FEFF}1\n2\n", "line 1: the id begins with a byte order mark"),
      (
        "1\n" + String(repeating: "y", count: 1_000) + " ",
        "line 2: the id '" + String(repeating: "y", count: 40) + "' holds a blank"
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
          == "ids.txt: line 1: the id is not UTF-8 text; give one id a line, a number or a word"
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

  @Test(
    "words become names, and so does a number that its value would not bring back",
    arguments: [
      "007", "+1", "-2", "x", "2.0", "18446744073709551616", "\u{663}", "caf\u{E9}", "0x1",
    ]
  )
  func words(_ word: String) throws {
    let path = try folder.file("ids.txt", Array("5\n\(word)\n".utf8))
    let ids = try VectorIDs(contentsOf: path, count: 2)
    #expect(ids.explicit == nil)
    #expect(ids.names == (try VectorNames(["5", word])))
    #expect(ids.text(of: 1) == word)
    #expect(ids[1] == 1)
  }

  @Test("a name that stands twice is named with both lines")
  func duplicateNames() throws {
    #expect(
      try message(Array("a\nb\r\na\n".utf8), count: 3)
        == "ids.txt: line 3: id 'a' stands at line 1 already; ids must be unique"
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
