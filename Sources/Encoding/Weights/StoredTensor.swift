internal import VectorCore

/// A tensor in a mapped file: row-major, its bytes known to lie inside the file.
struct StoredTensor: Sendable {
  let name: String
  let element: WeightElement
  /// The extent of each dimension, none negative.
  let shape: [Int]
  let file: MappedFile
  /// The file's byte at which the elements begin.
  let offset: Int
  /// The bytes of all elements.
  let byteCount: Int

  /// Describes a tensor of `available` bytes at `offset`.
  ///
  /// - Throws: ``FileError`` where the shape does not fit these bytes, or these the file.
  init(
    name: String,
    element: WeightElement,
    shape: [Int],
    file: MappedFile,
    offset: Int,
    available: Int
  ) throws(FileError) {
    func failure(_ reason: String) -> FileError {
      FileError(
        .badData,
        path: file.path,
        place: "tensor \(name), byte \(offset)",
        reason: reason,
        remedy: "download or save the file again"
      )
    }
    guard let size = Self.byteCount(of: shape, element) else {
      throw failure("the shape \(Self.shown(shape)) is not possible")
    }
    guard size <= available else {
      throw failure(
        "\(Self.shown(shape)) of \(element.rawValue) takes \(size) bytes, but there are \(available)"
      )
    }
    guard offset >= 0, offset <= file.count, size <= file.count - offset else {
      throw failure("it takes \(size) bytes, but the file ends at byte \(file.count)")
    }
    self.name = name
    self.element = element
    self.shape = shape
    self.file = file
    self.offset = offset
    byteCount = size
  }

  /// A shape as PyTorch writes it: `[384, 1536]`.
  static func shown(_ shape: [Int]) -> String {
    "[" + shape.map(String.init).joined(separator: ", ") + "]"
  }

  /// The bytes that a shape takes; `nil` for negative extents and products beyond `Int`.
  static func byteCount(of shape: [Int], _ element: WeightElement) -> Int? {
    var size = element.size
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      size = product
    }
    return size
  }
}
