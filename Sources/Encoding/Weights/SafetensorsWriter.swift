internal import Torch
internal import VectorCore

/// Writes files of safetensors, tensor by tensor.
///
/// The same tensors give the same bytes: names are sorted, behind the size of the elements, which
/// keeps every tensor aligned to its elements, as the format's own writer does.
enum SafetensorsWriter {
  /// What is written under a name.
  enum Content {
    /// The bytes of another file.
    case stored(StoredTensor)
    /// A tensor of float32, float16 or bfloat16.
    case tensor(Tensor)

    /// The extent of each dimension.
    var shape: [Int] {
      switch self {
      case .stored(let stored): stored.shape
      case .tensor(let tensor): tensor.shape
      }
    }
  }

  /// Elements copied from a device, or to the file, at once.
  private static let chunk = 1 << 22

  /// Writes a file, which appears when it is whole.
  ///
  /// - Parameters:
  ///   - tensors: what is to stand under each name.
  ///   - path: the file.
  /// - Throws: ``FileError`` where it cannot be written; `TorchError`, also for tensors of another
  ///   type.
  static func write(_ tensors: [String: Content], to path: String) throws {
    let sorted = try tensors.map { name, content in
      (name: name, element: try element(of: content), content: content)
    }
    .sorted { ($1.element.size, $0.name) < ($0.element.size, $1.name) }
    var offset = 0
    var members = [JSONMember("__metadata__", .object([JSONMember("format", .text("pt"))]))]
    for (name, element, content) in sorted {
      let shape = content.shape
      let end = offset + shape.reduce(element.size, *)
      members.append(
        JSONMember(
          name,
          .object([
            JSONMember("dtype", .text(element.rawValue)),
            JSONMember("shape", .list(shape.map { .number("\($0)") })),
            JSONMember("data_offsets", .list([.number("\(offset)"), .number("\(end)")])),
          ])
        )
      )
      offset = end
    }
    var header = Array(JSON.object(members).compact.utf8)
    while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
    var file = try AtomicFile(path: path)
    try file.write(value: UInt64(header.count).littleEndian)
    try file.write(header)
    for (_, _, content) in sorted { try write(content, to: &file) }
    try file.commit()
  }

  private static func write(_ content: Content, to file: inout AtomicFile) throws {
    switch content {
    case .stored(let stored):
      try unsafe stored.file.withUnsafeBytes { bytes in
        try unsafe file.write(
          unsafe: UnsafeRawBufferPointer(
            rebasing: bytes[stored.offset..<stored.offset + stored.byteCount]
          )
        )
      }
    case .tensor(let tensor):
      let flat = try tensor.detached().reshape([-1])
      for start in stride(from: 0, to: flat.count, by: chunk) {
        let part = try flat.narrow(0, start: start, length: min(chunk, flat.count - start))
        try file.write(bytes(of: part))
      }
    }
  }

  private static func bytes(of part: Tensor) throws -> [UInt8] {
    func raw<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] {
      unsafe values.withUnsafeBytes { unsafe Array($0) }
    }
    return switch part.dtype {
    case .float16: raw(try part.array(of: Float16.self))
    // Its bits are the upper half of a float's.
    case .bfloat16:
      raw(try part.array(of: Float.self).map { UInt16(truncatingIfNeeded: $0.bitPattern >> 16) })
    default: raw(try part.array(of: Float.self))
    }
  }

  private static func element(of content: Content) throws -> WeightElement {
    switch content {
    case .stored(let stored): return stored.element
    case .tensor(let tensor):
      switch tensor.dtype {
      case .float32: return .float32
      case .float16: return .float16
      case .bfloat16: return .bfloat16
      default:
        throw TorchError(
          operation: "write",
          code: .refused,
          message: "weights of \(tensor.dtype) are not written, only of float32, float16, bfloat16"
        )
      }
    }
  }
}
