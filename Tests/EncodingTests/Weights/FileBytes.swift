/// Bytes of small files, for tests.
enum FileBytes {
  /// A number, little-endian.
  static func little<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<MemoryLayout<Number>.size).map { UInt8(truncatingIfNeeded: number >> Number($0 * 8)) }
  }

  /// A zip archive of stored entries.
  static func zip(_ entries: [(name: String, bytes: [UInt8])], method: UInt16 = 0) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      let sizes = little(UInt32(0)) + little(UInt32(bytes.count)) + little(UInt32(bytes.count))
      let common = little(UInt16(0)) + little(method) + little(UInt32(0)) + sizes
      let lengths = little(UInt16(name.utf8.count)) + little(UInt16(0))
      directory += little(UInt32(0x0201_4B50)) + little(UInt16(0)) + little(UInt16(0)) + common
      directory += lengths + [UInt8](repeating: 0, count: 10) + little(UInt32(file.count))
      directory += Array(name.utf8)
      file += little(UInt32(0x0403_4B50)) + little(UInt16(0)) + common + lengths
      file += Array(name.utf8) + bytes
    }
    let count = little(UInt16(entries.count))
    let end = little(UInt32(0x0605_4B50)) + little(UInt32(0)) + count + count
    let place = little(UInt32(directory.count)) + little(UInt32(file.count))
    return file + directory + end + place + little(UInt16(0))
  }

  /// The archive with its sizes and places in 64 bits, as archives beyond 4 GiB have them.
  static func zip64(_ entries: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    let elsewhere = little(UInt32.max)
    for (name, bytes) in entries {
      let size = little(UInt64(bytes.count))
      let common = [UInt8](repeating: 0, count: 14) + elsewhere + elsewhere
      let extra =
        little(UInt16(9)) + little(UInt16(2)) + [7, 7] + little(UInt16(1))
        + little(UInt16(24)) + size + size + little(UInt64(file.count))
      let lengths = little(UInt16(name.utf8.count)) + little(UInt16(extra.count))
      directory += little(UInt32(0x0201_4B50)) + little(UInt16(0)) + common + lengths
      directory += [UInt8](repeating: 0, count: 10) + elsewhere + Array(name.utf8) + extra
      file += little(UInt32(0x0403_4B50)) + common + lengths + Array(name.utf8) + extra
      file += bytes
    }
    let start = file.count
    file += directory
    let record = file.count
    let count = little(UInt64(entries.count))
    file += little(UInt32(0x0606_4B50)) + little(UInt64(44)) + [UInt8](repeating: 0, count: 12)
    file += count + count + little(UInt64(directory.count)) + little(UInt64(start))
    file += little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(UInt64(record))
    file += little(UInt32(1)) + little(UInt32(0x0605_4B50)) + little(UInt32(0))
    return file + [255, 255, 255, 255] + elsewhere + elsewhere + little(UInt16(0))
  }

  /// A checkpoint of PyTorch with a pickle and one storage under the key "0".
  static func checkpoint(pickle: [UInt8], storage: [UInt8] = []) -> [UInt8] {
    zip([("archive/data.pkl", pickle), ("archive/data/0", storage)])
  }
}

/// Writes pickles by hand.
struct PickleBytes {
  private(set) var bytes: [UInt8] = [0x80, 2]

  /// An instruction without arguments: `.`, `}`, `(`, `t`.
  mutating func op(_ name: Character) { bytes += Array(String(name).utf8) }

  mutating func global(_ module: String, _ name: String) {
    bytes += Array("c\(module)\n\(name)\n".utf8)
  }

  mutating func text(_ text: String) {
    bytes += [0x58] + FileBytes.little(UInt32(text.utf8.count)) + Array(text.utf8)
  }

  mutating func integer(_ value: Int32) { bytes += [0x4A] + FileBytes.little(value) }

  mutating func tuple(_ values: [Int32]) {
    op("(")
    for value in values { integer(value) }
    op("t")
  }

  /// `{"a": tensor}` with a storage of `count` floats, then the end.
  static func dictionary(
    count: Int32,
    offset: Int32 = 0,
    shape: [Int32],
    strides: [Int32],
    storage: String = "FloatStorage"
  ) -> [UInt8] {
    var pickle = PickleBytes()
    pickle.op("}")
    pickle.text("a")
    pickle.global("torch._utils", "_rebuild_tensor_v2")
    pickle.op("(")
    pickle.op("(")
    pickle.text("storage")
    pickle.global("torch", storage)
    pickle.text("0")
    pickle.text("cpu")
    pickle.integer(count)
    pickle.op("t")
    pickle.op("Q")
    pickle.integer(offset)
    pickle.tuple(shape)
    pickle.tuple(strides)
    pickle.op("t")
    pickle.op("R")
    pickle.op("s")
    pickle.op(".")
    return pickle.bytes
  }
}
