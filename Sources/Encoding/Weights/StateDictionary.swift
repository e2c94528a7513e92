internal import VectorCore

/// The tensors of a pickled state dict, before their bytes are looked for.
struct StateDictionary {
  /// Name and view of every tensor, in the pickle's order.
  private(set) var tensors: [(name: String, view: PickleValue.Tensor)] = []

  /// Reads the pickle at the cursor, and moves the cursor behind it.
  ///
  /// - Throws: ``FileError`` for pickles that are damaged, would call functions, or are no
  ///   dictionary of tensors.
  init(from cursor: inout FileCursor) throws(FileError) {
    let start = cursor.offset
    let (values, result) = try PickleMachine.run(&cursor)
    guard case .dictionary(let entries) = values[result] else {
      throw cursor.failure(
        "the pickle holds no dictionary of tensors",
        at: start,
        remedy: "save model.state_dict() with torch.save"
      )
    }
    for entry in entries {
      // Other entries are counts and versions.
      guard case .text(let name) = values[entry.key],
        case .tensor(let view) = values[entry.value]
      else { continue }
      tensors.append((name, view))
    }
    guard !tensors.isEmpty else {
      throw cursor.failure(
        "the dictionary holds no tensors",
        at: start,
        remedy: "save model.state_dict() itself, not a dictionary around it"
      )
    }
  }

  /// Finds the tensors' bytes.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - range: gives the bytes of a storage in the file.
  /// - Returns: the tensors with their places.
  /// - Throws: ``FileError`` for tensors that are no row-major part of their storage, and whatever
  ///   `range` throws.
  func stored(
    in file: MappedFile,
    range: (PickleValue.Storage) throws(FileError) -> Range<Int>
  ) throws(FileError) -> [StoredTensor] {
    var stored: [StoredTensor] = []
    for (name, view) in tensors {
      let bytes = try range(view.storage)
      guard view.isContiguous else {
        throw FileError(
          .badData,
          path: file.path,
          place: "tensor \(name)",
          reason: "its rows do not lie one after another (strides \(view.strides))",
          remedy: "save tensor.contiguous()"
        )
      }
      let size = view.storage.element.size
      let (skipped, overflow) = view.offset.multipliedReportingOverflow(by: size)
      guard !overflow, skipped <= bytes.count else {
        throw FileError(
          .badData,
          path: file.path,
          place: "tensor \(name)",
          reason: "it begins at element \(view.offset) of a storage of \(bytes.count / size)",
          remedy: "download or save the file again"
        )
      }
      stored.append(
        try StoredTensor(
          name: name,
          element: view.storage.element,
          shape: view.shape,
          file: file,
          offset: bytes.lowerBound + skipped,
          available: bytes.count - skipped
        )
      )
    }
    return stored
  }
}
