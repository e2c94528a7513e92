internal import VectorCore

/// Reads the table of a safetensors file: eight bytes with the length of a JSON header, the header,
/// and the tensors' bytes.
///
/// <https://huggingface.co/docs/safetensors/index#format>
enum SafetensorsFile {
  /// The longest header that the format allows.
  private static let headerLimit = 100_000_000

  /// Maps a file and lists its tensors; their bytes are not read.
  ///
  /// - Throws: ``FileError`` for files that are no safetensors, and where a tensor's shape, type or
  ///   place does not fit the file.
  static func tensors(of path: String) throws(FileError) -> [StoredTensor] {
    let file = try MappedFile(path: path)
    var cursor = FileCursor(file, from: 0, to: file.count)
    let length = try cursor.count(UInt64.self)
    guard length <= headerLimit, length <= cursor.remaining else {
      throw cursor.failure(
        "a header of \(length) bytes does not fit the file of \(file.count)",
        at: 0,
        remedy: "this is no safetensors file, or its download was cut"
      )
    }
    let start = try cursor.take(length)
    let header = try JSONFile.decode(
      SafetensorsHeader.self,
      from: file.bytes(start..<start + length),
      path: path
    )
    return try tensors(of: header, in: file, from: cursor.offset)
  }

  private static func tensors(
    of header: SafetensorsHeader,
    in file: MappedFile,
    from dataStart: Int
  ) throws(FileError) -> [StoredTensor] {
    var tensors: [StoredTensor] = []
    var dataEnd = 0
    for (name, entry) in header.tensors.sorted(by: { $0.key < $1.key }) {
      func failure(_ reason: String, _ remedy: String = "download it again") -> FileError {
        FileError(
          .badData,
          path: file.path,
          place: "tensor \(name)",
          reason: reason,
          remedy: remedy
        )
      }
      guard let element = WeightElement(rawValue: entry.dtype) else {
        let known = WeightElement.allCases.map(\.rawValue).joined(separator: ", ")
        throw failure("its type \(entry.dtype) is none of \(known)", "save the model as F32")
      }
      guard entry.offsets.count == 2, entry.offsets[0] >= 0, entry.offsets[0] <= entry.offsets[1],
        entry.offsets[1] <= file.count - dataStart
      else {
        throw failure(
          "data_offsets \(entry.offsets) do not lie in the \(file.count - dataStart) bytes of data"
        )
      }
      let size = entry.offsets[1] - entry.offsets[0]
      let tensor = try StoredTensor(
        name: name,
        element: element,
        shape: entry.shape,
        file: file,
        offset: dataStart + entry.offsets[0],
        available: size
      )
      guard tensor.byteCount == size else {
        throw failure(
          "\(StoredTensor.shown(entry.shape)) of \(entry.dtype) takes \(tensor.byteCount) bytes, "
            + "but data_offsets hold \(size)"
        )
      }
      tensors.append(tensor)
      dataEnd = max(dataEnd, entry.offsets[1])
    }
    guard dataStart + dataEnd == file.count else {
      throw FileError(
        .badData,
        path: file.path,
        place: "byte \(dataStart + dataEnd)",
        reason: "\(file.count - dataStart - dataEnd) bytes belong to no tensor",
        remedy: "download it again"
      )
    }
    return tensors
  }
}

/// The JSON header: an entry per tensor, and notes under `__metadata__`.
private struct SafetensorsHeader: Decodable {
  struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype
      case shape
      case offsets = "data_offsets"
    }
  }

  var tensors: [String: Entry] = [:]

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    for key in container.allKeys where key.stringValue != "__metadata__" {
      tensors[key.stringValue] = try container.decode(Entry.self, forKey: key)
    }
  }
}
