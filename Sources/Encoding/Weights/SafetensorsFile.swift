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
    let header = try JSONNode(parsing: file.bytes(start..<start + length), path: path)
    return try tensors(of: header, in: file, from: cursor.offset)
  }

  private static func tensors(
    of header: JSONNode,
    in file: MappedFile,
    from dataStart: Int
  ) throws(FileError) -> [StoredTensor] {
    var tensors: [StoredTensor] = []
    var dataEnd = 0
    // Notes stand among the tensors.
    let members = try header.members().filter { $0.name != "__metadata__" }
    for member in members.sorted(by: { $0.name < $1.name }) {
      let name = member.name
      let entry = try SafetensorsEntry(header.node(of: member))
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

/// A tensor's entry in the JSON header.
private struct SafetensorsEntry {
  let dtype: String
  let shape: [Int]
  let offsets: [Int]

  init(_ node: JSONNode) throws(FileError) {
    func integers(_ name: String) throws(FileError) -> [Int] {
      try node.required(name).elements().map { (element) throws(FileError) in
        try element.integer(in: Int.min...Int.max)
      }
    }
    dtype = try node.required("dtype").text()
    shape = try integers("shape")
    offsets = try integers("data_offsets")
  }
}
