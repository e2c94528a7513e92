import Foundation
import TestSupport
import Testing
import Torch
import VectorCore

@testable import Encoding

/// Weights that were written are read as they were.
@Suite("Writing weights", .enabled(if: hasTorch, "libCTorch is not there"))
struct WeightWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func values(_ name: String, in weights: Weights) throws -> [Double] {
    let stored = try #require(weights[name])
    let dtypes: [WeightElement: DType] = [.float16: .float16, .bfloat16: .bfloat16]
    let bytes = stored.file.bytes(stored.offset..<stored.offset + stored.byteCount)
    return try Tensor(
      sharing: SharedArray(bytes),
      dtype: dtypes[stored.element] ?? .float32,
      shape: stored.shape
    ).array()
  }

  private func noise(_ shape: [Int]) throws -> Tensor {
    var generator = SplitMix64(seed: 3)
    let numbers = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1..<1, using: &generator) }
    return try Tensor(numbers, shape: shape)
  }

  @Test("safetensors hold every type and shape")
  func safetensors() throws {
    let numbers = [0, 1.5, -2, 65504, 1e-7, 3.140625]
    let matrix = try Tensor(numbers, shape: [2, 3]).to(.float32)
    let path = folder.path("model.safetensors")
    try SafetensorsWriter.write(
      [
        "z.half": .tensor(matrix.to(.float16)),
        "a.brain": .tensor(matrix.to(.bfloat16)),
        "m.turned": .tensor(matrix.transpose(0, 1)),
        "one \"quoted\"": .tensor(Tensor.full(7, shape: [])),
        "empty": .tensor(Tensor.zeros([0, 3])),
      ],
      to: path
    )
    let weights = try Weights(file: path)
    #expect(weights.names.count == 5)
    #expect(weights["z.half"]?.element == .float16)
    #expect(weights["a.brain"]?.element == .bfloat16)
    #expect(weights["m.turned"]?.shape == [3, 2])
    #expect(weights["empty"]?.shape == [0, 3])
    #expect(try values("m.turned", in: weights) == matrix.transpose(0, 1).array())
    #expect(try values("z.half", in: weights) == matrix.to(.float16).array())
    #expect(try values("a.brain", in: weights) == matrix.to(.bfloat16).array())
    #expect(try values("one \"quoted\"", in: weights) == [7])
    for name in weights.names {
      let stored = try #require(weights[name])
      #expect(stored.offset.isMultiple(of: stored.element.size))
    }
    // What is stored is copied, and the same tensors give the same bytes.
    let stored = Dictionary(
      uniqueKeysWithValues: try weights.names.map { name in
        (name, SafetensorsWriter.Content.stored(try #require(weights[name])))
      }
    )
    let copy = folder.path("copy.safetensors")
    try SafetensorsWriter.write(stored, to: copy)
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: copy))
        == Data(contentsOf: URL(fileURLWithPath: path))
    )
    #expect(throws: TorchError.self) {
      try SafetensorsWriter.write(["x": .tensor(Tensor.arange(3))], to: path)
    }
  }

  @Test("a tensor larger than a chunk is whole")
  func large() throws {
    let tensor = try noise([3, 1_500_001])
    let path = folder.path("model.safetensors")
    try SafetensorsWriter.write(["x": .tensor(tensor)], to: path)
    #expect(try values("x", in: Weights(file: path)) == tensor.array())
  }

  @Test("checkpoints of PyTorch hold tensors of every rank")
  func checkpoint() throws {
    let tensors: [(name: String, tensor: Tensor)] = [
      ("linear.weight", try noise([16, 32])),
      ("linear.bias", try noise([16])),
      ("scale", try Tensor.full(2, shape: [])),
    ]
    let path = folder.path("linear.pt")
    try TorchCheckpointWriter.write(tensors, to: path)
    let weights = try Weights(file: path)
    #expect(weights.names.count == 3)
    for (name, tensor) in tensors {
      #expect(weights[name]?.shape == tensor.shape)
      #expect(weights[name]?.offset.isMultiple(of: 64) == true)
      #expect(try values(name, in: weights) == tensor.array())
    }
  }

  @Test("the checksum is that of zip archives")
  func checksum() {
    #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
    #expect(CRC32.of([]) == 0)
  }
}
