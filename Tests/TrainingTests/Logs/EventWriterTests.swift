import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct EventWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func bytesAreTensorBoards() throws {
    let path = RealVectors.folder + "/training/events.tfevents"
    let expected = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    var writer = try EventWriter(folder: folder.path, resumingAfter: 40, at: 1_750_000_000.25)
    try writer.append(
      [("train/loss", 0.75), ("train/learning_rate", 5e-6)],
      step: 41,
      at: 1_750_000_001.5
    )
    try writer.append([("validation/loss", .nan)], step: 150_108, at: 1_750_000_002)
    try writer.append([("train/loss", 0)], step: 0, at: 1_750_000_003)
    #expect(try folder.bytes(#require(folder.names().first)) == expected)
  }

  @Test func everyRecordIsThereAtOnceAndWhole() throws {
    var writer = try EventWriter(folder: folder.path("made anew"))
    for step in 1...20 {
      try writer.append([("train/loss", 1 / Double(step))], step: step)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: writer.path))
      #expect(try records(of: [UInt8](bytes)).count == step + 1)
    }
  }

  @Test func aReaderNoticesADamagedByte() throws {
    var writer = try EventWriter(folder: folder.path)
    try writer.append([("train/loss", 0.5)], step: 1)
    let bytes = try folder.bytes(#require(folder.names().first))
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 0x10
      #expect(throws: Damage.self) { try records(of: damaged) }
    }
  }

  @Test func everyStartHasAFileOfItsOwn() throws {
    var paths: Set<String> = []
    for _ in 0..<3 {
      let writer = try EventWriter(folder: folder.path, at: 1_750_000_000)
      paths.insert(writer.path)
    }
    #expect(paths.count == 3)
    let process = ProcessInfo.processInfo.processIdentifier
    for (number, name) in try folder.names().enumerated() {
      let parts = name.split(separator: ".")
      #expect(parts.prefix(4) == ["events", "out", "tfevents", "1750000000"])
      #expect(parts.suffix(2) == ["\(process)", "\(number)"])
    }
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    let file = try folder.file("taken", [1])
    let error = #expect(throws: (any Error).self) { _ = try EventWriter(folder: file).path }
    #expect("\(try #require(error))".hasPrefix(file))
  }

  @Test(
    arguments: [
      // RFC 3720, B.4, masked.
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0..<32), 0x46DD_794E),
      (Array("123456789".utf8), 0xE306_9283),
    ] as [([UInt8], UInt32)]
  )
  func checksums(bytes: [UInt8], unmasked: UInt32) {
    let rotated = unmasked >> 15 | unmasked << 17
    #expect(MaskedChecksum.of(bytes) == rotated &+ 0xA282_EAD8)
  }
}

/// What a reader of records finds wrong.
private struct Damage: Error {}

/// The contents of TFRecords.
private func records(of bytes: [UInt8]) throws -> [[UInt8]] {
  var found: [[UInt8]] = []
  var rest = bytes[...]
  func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
  while !rest.isEmpty {
    let length = rest.prefix(8)
    guard rest.count >= 12, number(rest.dropFirst(8).prefix(4)) == MaskedChecksum.of(length) else {
      throw Damage()
    }
    rest = rest.dropFirst(12)
    let size = Int(number(length))
    guard rest.count >= size + 4 else { throw Damage() }
    let data = rest.prefix(size)
    guard number(rest.dropFirst(size).prefix(4)) == MaskedChecksum.of(data) else { throw Damage() }
    found.append(Array(data))
    rest = rest.dropFirst(size + 4)
  }
  return found
}
