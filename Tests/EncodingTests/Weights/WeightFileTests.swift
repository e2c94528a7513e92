import Foundation
import TestSupport
import Testing
import VectorCore

@testable import Encoding

/// The files of the reference models, and small ones of every kind of damage.
@Suite("Weight files")
struct WeightFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("every format gives names, types, shapes and bytes")
  func formats() throws {
    let safe = try Weights.open(folder: ReferenceModel.bert.path)
    let tensor = try safe.tensor("embeddings.word_embeddings.weight", shape: [100, 32])
    #expect(tensor.element == .float32)
    #expect(tensor.byteCount == 12800)
    let sharded = try Weights.open(folder: ReferenceModel.roberta.path)
    #expect(sharded.files.count == 3)
    #expect(sharded.contains("roberta.encoder.layer.1.output.dense.bias"))
    let zip = try Weights.open(folder: ReferenceModel.distilBERT.path)
    #expect(zip.contains("transformer.layer.0.attention.q_lin.weight"))
    let legacy = try Weights.open(folder: ReferenceModel.bertOld.path)
    #expect(legacy.contains("bert.encoder.layer.0.attention.output.LayerNorm.gamma"))
    let half = try Weights.open(folder: ReferenceModel.openMatchTied.path)
    let word = try half.tensor("embeddings.word_embeddings.weight", shape: [100, 32])
    #expect(word.element == .float16)
  }

  @Test("safetensors hold what PyTorch's own files hold")
  func sameBytes() throws {
    let legacy = try Weights.open(folder: ReferenceModel.bertOld.path)
    let tensor = try legacy.tensor("cls.predictions.bias", shape: [100])
    let name = "bert.embeddings.word_embeddings.weight"
    let words = try legacy.tensor(name, shape: [100, 32])
    let values = words.file.bytes(words.offset..<words.offset + words.byteCount)
    #expect(tensor.byteCount == 400)
    // The values are drawn with standard deviation 1/4: others would be read at a wrong place.
    let floats = stride(from: 0, to: values.count, by: 4).map { place in
      Float(bitPattern: values[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    }
    let variance = floats.reduce(0) { $0 + $1 * $1 } / Float(floats.count)
    #expect(abs(variance - 0.0625) < 0.01, "\(variance)")
  }

  @Test("a missing tensor and a wrong shape are named with both shapes")
  func wrongShapes() throws {
    let weights = try Weights.open(folder: ReferenceModel.bert.path)
    let missing = #expect(throws: FileError.self) {
      try weights.tensor("pooler.dense.weight", shape: [32, 32])
    }
    #expect(missing?.place == "tensor pooler.dense.weight")
    let wrong = #expect(throws: FileError.self) {
      try weights.tensor("embeddings.LayerNorm.weight", shape: [64])
    }
    #expect(wrong?.reason.contains("[32]") == true)
    #expect(wrong?.reason.contains("[64]") == true)
  }

  @Test("integers are no weights, and unknown types are named")
  func types() throws {
    let path = try folder.file("a.safetensors", safetensors("I64", "[2]", bytes: 16))
    let integers = #expect(throws: FileError.self) {
      try Weights(file: path).tensor("a", shape: [2])
    }
    #expect(integers?.reason.contains("I64") == true)
    let unknown = try folder.file("b.safetensors", safetensors("F8_E4M3", "[2]", bytes: 2))
    let error = #expect(throws: FileError.self) { try Weights(file: unknown) }
    #expect(error?.reason.contains("F8_E4M3") == true)
  }

  @Test(
    "shapes and places that do not fit the file are refused",
    arguments: [
      ("F32", "[2]", 4), ("F32", "[-1]", 4), ("F32", "[4611686018427387904, 4]", 8),
      ("F32", "[3, 0]", 4), ("F32", "[9223372036854775807, 9223372036854775807]", 4),
    ]
  )
  func misfits(type: String, shape: String, bytes: Int) throws {
    let path = try folder.file("a.safetensors", safetensors(type, shape, bytes: bytes))
    let error = #expect(throws: FileError.self) { try Weights(file: path) }
    #expect(error?.place?.hasPrefix("tensor a") == true)
  }

  @Test("bytes behind the last tensor are refused")
  func leftOver() throws {
    let path = try folder.file("a.safetensors", safetensors("F32", "[1]", bytes: 4) + [0])
    #expect(throws: FileError.self) { try Weights(file: path) }
  }

  @Test("a shard that is missing, or lacks a tensor, is named")
  func shards() throws {
    let model = try ReferenceModel.roberta.copy(into: folder)
    let shard = "model-00002-of-00003.safetensors"
    try FileManager.default.removeItem(atPath: model + "/" + shard)
    let missing = #expect(throws: FileError.self) { try Weights.open(folder: model) }
    #expect(missing?.path.hasSuffix(shard) == true)
    #expect(missing?.kind == .missingInput)
    try FileManager.default.copyItem(
      atPath: model + "/model-00003-of-00003.safetensors",
      toPath: model + "/" + shard
    )
    let lacking = #expect(throws: FileError.self) { try Weights.open(folder: model) }
    #expect(lacking?.path.hasSuffix(shard) == true)
    #expect(lacking?.place?.hasPrefix("tensor roberta.") == true)
  }

  @Test("an index leads to files of its own folder only", arguments: ["../a", "/etc/passwd", ""])
  func escapes(name: String) throws {
    let index = #"{"weight_map": {"a": "\#(name)"}}"#
    let path = try folder.file("model.safetensors.index.json", Array(index.utf8))
    let error = #expect(throws: FileError.self) { try Weights(file: path) }
    #expect(error?.place == "weight_map")
  }

  @Test("a Git LFS pointer is recognized")
  func pointer() throws {
    let text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    let path = try folder.file("pytorch_model.bin", Array(text.utf8))
    let error = #expect(throws: FileError.self) { try Weights(file: path) }
    #expect(error?.remedy?.contains("LFS") == true)
  }

  private func safetensors(_ type: String, _ shape: String, bytes: Int) -> [UInt8] {
    let entry = #"{"dtype": "\#(type)", "shape": \#(shape), "data_offsets": [0, \#(bytes)]}"#
    let header = Array(#"{"__metadata__": {"format": "pt"}, "a": \#(entry)}"#.utf8)
    var file = FileBytes.little(UInt64(header.count)) + header
    file += [UInt8](repeating: 0, count: bytes)
    return file
  }
}
