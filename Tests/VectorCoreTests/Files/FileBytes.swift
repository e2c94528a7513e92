import VectorCore

/// The bytes of small files, put together by hand.
enum FileBytes {
  /// The little-endian bytes of numbers.
  static func of<Value: FixedWidthInteger>(_ values: [Value]) -> [UInt8] {
    values.flatMap { value in
      (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
  }

  static func of(_ values: [Float]) -> [UInt8] { of(values.map(\.bitPattern)) }
  static func of(_ values: [Double]) -> [UInt8] { of(values.map(\.bitPattern)) }
  static func of(_ values: [Float16]) -> [UInt8] { of(values.map(\.bitPattern)) }

  /// A `.npy` file with any dictionary, padded as numpy does it.
  static func npy(_ dictionary: String, version: UInt8 = 1, data: [UInt8]) -> [UInt8] {
    let begin = version == 1 ? 10 : 12
    var text = Array(dictionary.utf8)
    text += Array(repeating: 0x20, count: (64 - (begin + text.count + 1) % 64) % 64) + [0x0A]
    let length = version == 1 ? of([UInt16(text.count)]) : of([UInt32(text.count)])
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data
  }

  /// A `.npy` matrix.
  static func npy(_ descr: String, _ rows: Int, _ columns: Int, data: [UInt8]) -> [UInt8] {
    npy(
      "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(rows), \(columns)), }",
      data: data
    )
  }

  /// Rows behind their dimensions.
  static func vecs(_ rows: [[UInt8]], elementSize: Int) -> [UInt8] {
    rows.flatMap { of([Int32($0.count / elementSize)]) + $0 }
  }

  /// Count and dimension, then the rows.
  static func bigANN(_ rows: Int, _ columns: Int, data: [UInt8]) -> [UInt8] {
    of([UInt32(rows), UInt32(columns)]) + data
  }
}

/// Opens a file and reads all of it, as floats.
func readAll(_ path: String, role: VectorRole = .base) throws -> [Float] {
  try VectorSet.open(path, role: role).allRows(preparedFor: .innerProduct)
}

/// The one-line message of a file that cannot be opened or read.
func failure(_ path: String, role: VectorRole = .base) -> String? {
  do {
    _ = try readAll(path, role: role)
    return nil
  } catch let error as FileError {
    // The folder's name is another at each run.
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return error.path == path || path.hasPrefix(error.path)
      ? error.description.replacing(path, with: name) : "another path: \(error.path)"
  } catch {
    return "\(error)"
  }
}

/// Opens a file whose bytes may be anything; only errors that name a file or a row are fine.
func isReadOrRefused(_ path: String, role: VectorRole = .base) -> Bool {
  do {
    _ = try readAll(path, role: role)
    return true
  } catch is FileError {
    return true
  } catch is IndexError {
    return true
  } catch {
    return false
  }
}
