import Foundation
import Glibc
import TestSupport
import Testing
import VectorCore

@Suite("AtomicFile")
struct AtomicFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ parts: [[UInt8]], to path: String, failing: Bool = false) throws {
    var file = try AtomicFile(path: path)
    for part in parts { try file.write(part) }
    if failing { throw FileError(.internal, path: path, reason: "asked to fail") }
    try file.commit()
  }

  @Test("small and large writes come out in order, byte by byte")
  func order() throws {
    var parts: [[UInt8]] = []
    var byte: UInt8 = 0
    for size in [0, 1, 7, 300_000, 3, 262_143, 262_144, 5, 1_000_000, 0, 2] {
      parts.append(
        (0..<size).map { _ in
          byte = byte &* 31 &+ 7
          return byte
        }
      )
    }
    try write(parts, to: folder.path + "/out")
    #expect(try folder.bytes("out") == parts.flatMap { $0 })
    #expect(try folder.names() == ["out"])
  }

  @Test("the name does not exist before the commit, and only the temporary does")
  func appearsLast() throws {
    var file = try AtomicFile(path: folder.path + "/out")
    try file.write(value: UInt32(7))
    let before = try folder.names()
    #expect(before.count == 1 && before != ["out"])
    #expect(file.size == 4)
    try file.commit()
    #expect(try folder.names() == ["out"])
    #expect(try folder.bytes("out") == [7, 0, 0, 0])
  }

  @Test("an error on the way leaves the old file and no temporary")
  func failure() throws {
    let path = try folder.file("out", [1, 2, 3])
    #expect(throws: FileError.self) {
      try write([[9], [UInt8](repeating: 9, count: 500_000)], to: path, failing: true)
    }
    #expect(try folder.bytes("out") == [1, 2, 3])
    #expect(try folder.names() == ["out"])
  }

  @Test("a header can be replaced when the totals are known")
  func overwrite() throws {
    var file = try AtomicFile(path: folder.path + "/out")
    try file.write(value: UInt64(0))
    try file.pad(toMultipleOf: 16)
    try file.write(value: UInt8(5))
    try file.overwrite([1, 2, 3], at: 2)
    try file.pad(toMultipleOf: 16)
    try file.pad(toMultipleOf: 16)
    try file.commit()
    let expected: [UInt8] =
      [0, 0, 1, 2, 3] + [UInt8](repeating: 0, count: 11) + [5] + [UInt8](repeating: 0, count: 15)
    #expect(try folder.bytes("out") == expected)
  }

  @Test("two writers of one name do not disturb each other; the last commit stays")
  func twoWriters() throws {
    let path = folder.path + "/out"
    var first = try AtomicFile(path: path)
    var second = try AtomicFile(path: path)
    try first.write(value: UInt8(1))
    try second.write(value: UInt8(2))
    try second.commit()
    try first.commit()
    #expect(try folder.bytes("out") == [1])
    #expect(try folder.names() == ["out"])
  }

  @Test("a symbolic link keeps pointing to the file that is replaced")
  func symbolicLink() throws {
    let target = try folder.file("target", [1])
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    try write([[2]], to: link)
    #expect(try folder.bytes("target") == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
  }

  @Test("paths that cannot be written are refused before any work, with the remedy")
  func refused() throws {
    func reason(_ path: String) -> FileError? {
      do {
        _ = try AtomicFile(path: path)
        return nil
      } catch {
        return error
      }
    }
    let missing = reason(folder.path + "/no/out")
    #expect(missing?.kind == .inputOutput)
    #expect(missing?.remedy == "create the folder first")
    #expect(reason(folder.path)?.reason == "cannot be replaced: it is a folder")
    #expect(reason("/dev/null")?.reason == "cannot be replaced: it is no regular file")
    #expect(reason("")?.kind == .usage)
    #expect(reason(folder.path + "/")?.kind == .usage)
    let long = String(repeating: "x", count: 300)
    #expect(throws: FileError.self) { try write([], to: folder.path + "/" + long) }
    #expect(try folder.names() == [])
  }

  @Test("a full disk is a clear error")
  func fullDisk() throws {
    let full = unsafe open("/dev/full", O_WRONLY)
    try #require(full >= 0)
    defer { close(full) }
    let error = #expect(throws: FileError.self) {
      let bytes: [UInt8] = [1, 2, 3]
      try unsafe bytes.withUnsafeBytes {
        try unsafe writeAll($0, to: full, from: 100, path: "index.needle")
      }
    }
    #expect(
      error?.description
        == "index.needle: byte 100: cannot be written: no space left on device; "
        + "free some space or write to another device"
    )
    #expect(error?.kind == .inputOutput)
  }

  @Test("a write that fails midway leaves nothing behind")
  func failureMidway() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      try #require(unsafe setrlimit(__rlimit_resource_t(1), &limit) == 0)
      let error = #expect(throws: FileError.self) {
        var file = try AtomicFile(path: folder.path + "/out")
        let block = [UInt8](repeating: 1, count: 300_000)
        try file.write(block)
        try file.commit()
      }
      #expect(error?.place == "byte 100000")
      #expect(error?.reason == "cannot be written: file too large")
      #expect(try folder.names() == [])
    }
  }

  @Test("what was written can be read back, and dropped, before the commit")
  func readingBack() throws {
    var file = try AtomicFile(path: folder.path + "/out")
    let nothing = try unsafe file.withContents { $0.count }
    #expect(nothing == 0)
    let large = (0..<400_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    try file.write(large)
    try file.write([1, 2, 3])
    let whole = try unsafe file.withContents { unsafe Array($0) }
    #expect(whole == large + [1, 2, 3])
    try file.truncate(to: 399_999)
    try file.write([9])
    #expect(file.size == 400_000)
    try file.commit()
    #expect(try folder.bytes("out") == large.dropLast() + [9])
  }
}
