import Foundation
import TestSupport
import Testing
import VectorCore

@testable import Encoding

/// Pickles that would execute code, and pickles that would exhaust memory or the stack.
@Suite("Pickles")
struct PickleTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a tensor is read with its place")
  func tensor() throws {
    let pickle = PickleBytes.dictionary(count: 6, offset: 2, shape: [2, 2], strides: [2, 1])
    let tensor = try read(pickle, storage: 24).tensor("a", shape: [2, 2])
    #expect(tensor.element == .float32)
    #expect(tensor.file.bytes(tensor.offset..<tensor.offset + 4) == [8, 9, 10, 11])
  }

  @Test(
    "a function that is not needed is refused by name",
    arguments: [
      ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("subprocess", "Popen"),
      ("torch", "load"), ("collections", "namedtuple"), ("torch._utils", "_rebuild_qtensor"),
    ]
  )
  func malicious(module: String, name: String) throws {
    var direct = PickleBytes()
    direct.global(module, name)
    direct.text("touch /tmp/executed")
    direct.op("(")
    direct.op("t")
    direct.op("R")
    direct.op(".")
    // The older instruction and the newer one with names on the stack do the same.
    let instance = [0x80, 2, 0x28] + Array("i\(module)\n\(name)\n.".utf8)
    var stacked = PickleBytes()
    stacked.text(module)
    stacked.text(name)
    for pickle in [direct.bytes, instance, stacked.bytes + [0x93, 0x2E]] {
      let error = #expect(throws: FileError.self) { try read(pickle) }
      #expect(error?.reason.contains("\(module).\(name)") == true)
      #expect(error?.place?.hasPrefix("byte ") == true)
      #expect(error?.kind == .badData)
    }
  }

  @Test("a global behind a sound tensor is refused as well")
  func late() throws {
    let sound = PickleBytes.dictionary(count: 1, shape: [1], strides: [1]).dropLast()
    var tail = PickleBytes()
    tail.global("os", "system")
    let error = #expect(throws: FileError.self) {
      try read(Array(sound) + tail.bytes.dropFirst(2) + [0x2E], storage: 4)
    }
    #expect(error?.reason.contains("os.system") == true)
  }

  @Test(
    "tensors outside of their storage are refused",
    arguments: [
      (4, 0, [5], [1]), (4, 1, [4], [1]), (4, 0, [2, 2], [1, 2]), (4, -1, [1], [1]),
      (4, Int32.max, [1], [1]), (5, 0, [1], [1]), (Int32.max, 0, [1], [1]), (4, 0, [-1], [1]),
      (4, 0, [2], [0]), (4, 0, [2], [1, 1]),
    ] as [(Int32, Int32, [Int32], [Int32])]
  )
  func outside(count: Int32, offset: Int32, shape: [Int32], strides: [Int32]) throws {
    let pickle = PickleBytes.dictionary(
      count: count,
      offset: offset,
      shape: shape,
      strides: strides
    )
    #expect(throws: FileError.self) { try read(pickle, storage: 16) }
  }

  @Test("deep nesting, cycles and repetition end in errors")
  func bombs() throws {
    // A million tuples around each other, a list inside of itself, and groups without an end.
    let deep = [0x80, 2, 0x4E] + [UInt8](repeating: 0x85, count: 1 << 21) + [0x2E]
    let cycle: [UInt8] = [0x80, 2, 0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E]
    let marks = [0x80, 2] + [UInt8](repeating: 0x28, count: 1 << 23)
    let start: [UInt8] = [0x80, 2, 0x5D, 0x71, 0]
    let recalled = start + repeatElement([0x68, 0], count: 1 << 22).joined()
    for pickle in [deep, cycle, marks, recalled] as [[UInt8]] {
      #expect(throws: FileError.self) { try read(pickle) }
    }
  }

  @Test(
    "a pickle that is no dictionary of tensors is refused",
    arguments: [
      [0x80, 2, 0x4E, 0x2E], [0x80, 2, 0x7D, 0x2E], [0x2E], [], [0x80, 2, 0x52, 0x2E],
      [0x80, 2, 0x75, 0x2E], [0x80, 2, 0x74, 0x2E], [0x80, 2, 0x68, 7, 0x2E], [0x80, 2, 0xFF],
    ] as [[UInt8]]
  )
  func others(pickle: [UInt8]) throws {
    #expect(throws: FileError.self) { try read(pickle) }
  }

  @Test("compressed archives and archives without a pickle are refused")
  func archives() throws {
    let pickle = PickleBytes.dictionary(count: 1, shape: [1], strides: [1])
    let compressed = FileBytes.zip([("a/data.pkl", pickle)], method: 8)
    let path = try folder.file("a.bin", compressed)
    let error = #expect(throws: FileError.self) { try Weights(file: path) }
    #expect(error?.reason.contains("compressed") == true)
    for entries in [[("a/other", pickle)], [("a/data.pkl", pickle), ("b/data.pkl", pickle)]] {
      let path = try folder.file("b.bin", FileBytes.zip(entries))
      #expect(throws: FileError.self) { try Weights(file: path) }
    }
    let big = [("a/data.pkl", pickle), ("a/byteorder", Array("big".utf8)), ("a/data/0", [0])]
    let order = try folder.file("c.bin", FileBytes.zip(big))
    let swapped = #expect(throws: FileError.self) { try Weights(file: order) }
    #expect(swapped?.reason.contains("little-endian") == true)
  }

  @Test("sizes and places of 64 bits are read, and checked")
  func zip64() throws {
    let pickle = PickleBytes.dictionary(count: 2, shape: [2], strides: [1])
    let file = FileBytes.zip64([("a/data.pkl", pickle), ("a/data/0", [1, 2, 3, 4, 5, 6, 7, 8])])
    let tensor = try Weights(file: folder.file("a.bin", file)).tensor("a", shape: [2])
    #expect(tensor.file.bytes(tensor.offset..<tensor.offset + 8) == [1, 2, 3, 4, 5, 6, 7, 8])
    for index in file.indices {
      for byte in [0x00, 0x7F, 0xFF] as [UInt8] where file[index] != byte {
        var changed = file
        changed[index] = byte
        let path = try folder.file("b.bin", changed)
        do { _ = try Weights(file: path) } catch { #expect(error.path == path) }
      }
    }
  }

  private func read(_ pickle: [UInt8], storage: Int = 0) throws -> Weights {
    let bytes = (0..<storage).map { UInt8($0) }
    let file = FileBytes.checkpoint(pickle: pickle, storage: bytes)
    return try Weights(file: folder.file("model.bin", file))
  }
}
