import Foundation
import TestSupport
import Testing
import VectorCore

@testable import Encoding

/// Files whose bytes are cut and flipped: every one is read or refused, none traps.
@Suite("Corrupt weight files")
struct WeightCorruptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A file of each format: what ends are cut, and where its structure lies.
  static let files: [(model: ReferenceModel, name: String)] = [
    (.bert, "model.safetensors"), (.bertOld, "pytorch_model.bin"),
    (.distilBERT, "pytorch_model.bin"), (.openMatchTied, "linear.pt"),
    (.roberta, "model.safetensors.index.json"),
  ]

  @Test("each truncation is an error", arguments: files)
  func truncated(model: ReferenceModel, name: String) throws {
    let copy = try model.copy(into: folder)
    let bytes = try folder.bytes("\(model.rawValue)/\(name)")
    let ends = Array(0..<min(bytes.count, 600)) + stride(from: 600, to: bytes.count, by: 997)
    for end in ends + [bytes.count - 1] {
      let path = try folder.file("\(model.rawValue)/\(name)", bytes[..<end])
      // An index that lacks the line break at its end is whole.
      if name.hasSuffix(".json"), end == bytes.count - 1 { continue }
      let error = #expect(throws: FileError.self, "\(end) bytes") { try Weights(file: path) }
      #expect(error?.path.hasPrefix(copy) == true)
    }
  }

  @Test("flipped bytes give an error or weights", arguments: files)
  func flipped(model: ReferenceModel, name: String) throws {
    _ = try model.copy(into: folder)
    let bytes = try folder.bytes("\(model.rawValue)/\(name)")
    var generator = SplitMix64(seed: 11)
    var refused = 0
    for _ in 0..<1500 {
      var changed = bytes
      // Most flips hit what describes the tensors: the first and last few kilobytes.
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let near = Int.random(in: 0..<min(bytes.count, 6000), using: &generator)
        let index = Bool.random(using: &generator) ? near : bytes.count - 1 - near
        changed[index] ^= UInt8.random(in: 1...255, using: &generator)
      }
      let path = try folder.file("\(model.rawValue)/\(name)", changed)
      do {
        _ = try Weights(file: path)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 100, "only \(refused) of the changes were noticed")
  }

  @Test("random bytes behind a sound beginning are refused", arguments: files)
  func random(model: ReferenceModel, name: String) throws {
    _ = try model.copy(into: folder)
    let bytes = try folder.bytes("\(model.rawValue)/\(name)")
    var generator = SplitMix64(seed: 12)
    for _ in 0..<200 {
      let length = Int.random(in: 1..<40, using: &generator)
      let noise = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let path = try folder.file("\(model.rawValue)/\(name)", bytes[..<length] + noise)
      #expect(throws: FileError.self) { try Weights(file: path) }
    }
  }
}
