/// The header of a `.npy` file: element type, order and shape, as a Python dictionary.
///
/// <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>
package struct NpyHeader: Equatable {
  /// The type of the elements.
  let element: ElementKind
  /// The array's shape.
  let shape: [Int]
  /// The offset of the first element.
  let dataOffset: Int

  static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

  /// Longer headers belong to structured types only.
  private static let sizeLimit = 1 << 16

  /// Reads a file's header.
  ///
  /// - Throws: ``FileError`` for a malformed header, and for arrays that hold no little-endian
  ///   numbers in C order.
  init(of file: MappedFile) throws(FileError) {
    let (start, end) = try Self.dictionaryBytes(of: file)
    dataOffset = end
    do throws(NpyDictionary.Malformed) {
      let dictionary = try NpyDictionary(parsing: file.prefix(end)[start...])
      guard !dictionary.fortranOrder else { throw NpyDictionary.Malformed.fortranOrder }
      element = try Self.element(of: dictionary.descr)
      shape = dictionary.shape
    } catch {
      throw FileError(
        .badData,
        path: file.path,
        place: error.offset.map { "header, byte \($0)" } ?? "header",
        reason: error.reason,
        remedy: error.remedy
      )
    }
  }

  /// Reads the header of a matrix and checks it against the file's size.
  ///
  /// - Throws: ``FileError``, also for arrays that are no matrices.
  static func layout(of file: MappedFile) throws(FileError) -> MatrixLayout {
    let header = try NpyHeader(of: file)
    guard header.shape.count == 2 else {
      let shape = header.shape.map(String.init).joined(separator: ", ")
      throw FileError(
        .badData,
        path: file.path,
        place: "header",
        reason: "shape (\(shape)), but a matrix [n, dimension] is needed",
        remedy: header.shape.count == 1
          ? "save a.reshape(1, -1), or a.reshape(-1, 1), with np.save"
          : "save a.reshape(-1, dimension) with np.save"
      )
    }
    return try MatrixLayout(
      header.element,
      rows: header.shape[0],
      dimension: header.shape[1],
      offset: header.dataOffset,
      in: file
    )
  }

  /// Checks magic, version and length.
  private static func dictionaryBytes(
    of file: MappedFile
  ) throws(FileError) -> (start: Int, end: Int) {
    func failure(_ place: String, _ reason: String, _ remedy: String?) -> FileError {
      FileError(.badData, path: file.path, place: place, reason: reason, remedy: remedy)
    }
    let again = "copy or write the file again"
    let start = Array(file.prefix(magic.count))
    guard start == Array(magic.prefix(start.count)) else {
      let what = FileFormat.contents(of: file).map { "it is \($0)" } ?? "its first bytes differ"
      throw failure("byte 0", "not a .npy file: \(what)", "check the name's ending")
    }
    guard file.count >= 10 else {
      throw failure("header", "truncated: only \(file.count) bytes", again)
    }
    let major = file.load(at: 6, as: UInt8.self)
    let minor = file.load(at: 7, as: UInt8.self)
    guard (1...3).contains(major), minor == 0 else {
      throw failure(
        "byte 6",
        "version \(major).\(minor) of the .npy format is not known, only 1.0, 2.0 and 3.0",
        "save it again with np.save"
      )
    }
    let begin = major == 1 ? 10 : 12
    guard file.count >= begin else {
      throw failure("header", "truncated: only \(file.count) bytes", again)
    }
    let length =
      major == 1
      ? Int(file.load(at: 8, as: UInt16.self).littleEndian)
      : Int(file.load(at: 8, as: UInt32.self).littleEndian)
    guard length <= sizeLimit else {
      throw failure("byte 8", "a header of \(length) bytes is no matrix's", again)
    }
    guard file.count >= begin + length else {
      throw failure(
        "header",
        "truncated: the header ends at byte \(begin + length), but there are \(file.count)",
        again
      )
    }
    return (begin, begin + length)
  }

  /// Reads a type description such as `<f4`.
  private static func element(
    of descr: String
  ) throws(NpyDictionary.Malformed) -> ElementKind {
    let order = descr.first.map { "<>|=".contains($0) ? $0 : "=" } ?? "="
    let type = descr.drop { "<>|=".contains($0) }
    let kinds: [Substring: ElementKind] = [
      "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "u1": .uint8,
      "i4": .int32, "u4": .uint32, "i8": .int64, "u8": .uint64,
    ]
    guard descr.count - type.count <= 1, let kind = kinds[type] else {
      throw NpyDictionary.Malformed(
        offset: nil,
        reason: type.hasPrefix("O")
          ? "dtype '\(descr)' is Python objects, not numbers"
          : "dtype '\(descr)' is none of f2, f4, f8, i1, u1, i4, i8, u4, u8",
        remedy: "save a.astype(np.float32) with np.save"
      )
    }
    guard order != ">" || kind.size == 1 else {
      throw NpyDictionary.Malformed(
        offset: nil,
        reason: "dtype '\(descr)' is big-endian",
        remedy: "save a.astype('<\(type)') with np.save"
      )
    }
    return kind
  }
}

extension NpyDictionary.Malformed {
  fileprivate static let fortranOrder = Self(
    offset: nil,
    reason: "the array is in Fortran order",
    remedy: "save np.ascontiguousarray(a) with np.save"
  )
}
