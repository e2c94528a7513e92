import Foundation
import Testing

/// A file's bytes.
func contents(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Writes a file in one go.
func put(_ bytes: some Sequence<UInt8>, at path: String) throws {
  try Data(bytes).write(to: URL(fileURLWithPath: path))
}

/// A file that is changed in place and put back.
final class OpenBytes {
  private let handle: FileHandle

  init(_ path: String) throws {
    handle = try #require(FileHandle(forUpdatingAtPath: path))
  }

  func set(_ offset: Int, to byte: UInt8) throws {
    try handle.seek(toOffset: UInt64(offset))
    try handle.write(contentsOf: [byte])
  }
}
