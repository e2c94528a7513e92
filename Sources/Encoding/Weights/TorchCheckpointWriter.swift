internal import Torch
internal import VectorCore

/// Writes small files of `torch.save`: a dictionary of float32 tensors, which PyTorch's
/// `torch.load` reads with `weights_only`.
///
/// Such a file is a zip archive, its entries stored as they are: a pickle that builds the dictionary,
/// and a storage for each tensor.
enum TorchCheckpointWriter {
  /// Writes a file, which appears when it is whole.
  ///
  /// - Parameters:
  ///   - tensors: names, which stand in the dictionary in this order, and tensors.
  ///   - path: the file.
  /// - Throws: ``FileError`` where it cannot be written; `TorchError`.
  static func write(_ tensors: [(name: String, tensor: Tensor)], to path: String) throws {
    let contents = try tensors.map { name, tensor in
      (name: name, shape: tensor.shape, values: try tensor.detached().array(of: Float.self))
    }
    var pickle = Pickle()
    for (key, content) in contents.enumerated() {
      pickle.add(content.name, storage: "\(key)", shape: content.shape)
    }
    var archive = StoredZip(file: try AtomicFile(path: path))
    try archive.add("archive/data.pkl", pickle.finished)
    try archive.add("archive/byteorder", Array("little".utf8))
    for (key, content) in contents.enumerated() {
      let bytes = unsafe content.values.withUnsafeBytes { unsafe Array($0) }
      try archive.add("archive/data/\(key)", bytes)
    }
    try archive.add("archive/version", Array("3\n".utf8))
    try archive.commit()
  }
}

/// The program, in Python's pickle language of protocol 2, that builds a dictionary of tensors.
private struct Pickle {
  private var bytes: [UInt8] = [PickleOpcode.proto.rawValue, 2]

  init() { write(.emptyDictionary, .mark) }

  /// The program with its end.
  var finished: [UInt8] {
    bytes + [PickleOpcode.setItems.rawValue, PickleOpcode.stop.rawValue]
  }

  /// Adds `name: _rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`.
  mutating func add(_ name: String, storage: String, shape: [Int]) {
    text(name)
    global("torch._utils", "_rebuild_tensor_v2")
    write(.mark, .mark)
    text("storage")
    global("torch", "FloatStorage")
    text(storage)
    text("cpu")
    integer(shape.reduce(1, *))
    write(.tuple, .persistentID)
    integer(0)
    tuple(shape)
    tuple(shape.indices.map { shape[($0 + 1)...].reduce(1, *) })
    write(.false)
    global("collections", "OrderedDict")
    write(.emptyTuple, .reduce, .tuple, .reduce)
  }

  private mutating func write(_ opcodes: PickleOpcode...) {
    bytes += opcodes.map(\.rawValue)
  }

  private mutating func number<Value: FixedWidthInteger>(_ value: Value) {
    unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func text(_ text: String) {
    write(.unicode32)
    number(UInt32(clamping: text.utf8.count))
    bytes += text.utf8
  }

  private mutating func integer(_ value: Int) {
    write(.integer32)
    number(Int32(clamping: value))
  }

  private mutating func tuple(_ values: [Int]) {
    write(.mark)
    for value in values { integer(value) }
    write(.tuple)
  }

  private mutating func global(_ module: String, _ name: String) {
    write(.global)
    bytes += "\(module)\n\(name)\n".utf8
  }
}
