/// What vectors are for, which says where they are in a file that holds several sets.
public enum VectorRole: Sendable {
  /// The vectors that an index holds.
  case base
  /// The vectors that are searched for.
  case queries

  /// The dataset's name in the HDF5 files of ann-benchmarks.
  var dataset: String { self == .base ? "train" : "test" }
}

extension VectorSet {
  /// Opens a file of vectors.
  ///
  /// The name's ending tells the format: `.npy` (f16, f32, f64, i8, u8, i32 in C order), `.fvecs`,
  /// `.bvecs`, `.ivecs`, `.fbin`, `.u8bin`, `.i8bin`, `.ibin`, or `.hdf5` and `.h5` as
  /// ann-benchmarks has them. Of an HDF5 file the dataset `train` is read, or `test` for queries,
  /// or the one that the path names: `glove.hdf5:test`. Files are mapped; nothing but headers is
  /// read before rows are asked for. A folder that `needle encode` wrote, or one with all slices of
  /// a set, is opened as one set with the ids in it.
  /// - Parameters:
  ///   - path: the file, and for HDF5 possibly the dataset, or the folder.
  ///   - role: what the vectors are for.
  ///   - idsPath: a text file with one id a line, a number or a word, or `nil` to number the rows of
  ///     a file and to take a folder's own.
  /// - Returns: the vectors; their values are checked when they are copied.
  /// - Throws: ``FileError`` for files that are missing, malformed, truncated or of another kind.
  public static func open(
    _ path: String,
    role: VectorRole = .base,
    ids idsPath: String? = nil
  ) throws(FileError) -> VectorSet {
    if Folder.exists(path) { return try open(folder: path, ids: idsPath) }
    let source: any VectorSource
    switch try StoredMatrix.open(path, dataset: role.dataset) {
    case .mapped(let matrix):
      guard unsafe matrix.layout.element.kernel != nil else {
        throw FileError(
          .badData,
          path: matrix.name,
          reason: "holds \(matrix.layout.element.rawValue), which are no coordinates of vectors",
          remedy: "save a.astype(np.float32) with np.save"
        )
      }
      source = matrix
    case .hdf5(let dataset):
      source = HDF5Vectors(dataset)
    }
    guard let idsPath else { return VectorSet(source) }
    let ids = try VectorIDs(contentsOf: idsPath, count: source.count, vectors: source.name)
    return VectorSet(source, ids: ids)
  }
}

/// A matrix in a file of any format.
enum StoredMatrix {
  /// The rows lie in the mapped file.
  case mapped(MappedMatrix)
  /// The rows come through libhdf5.
  case hdf5(HDF5Dataset)

  /// Opens a file by its name's ending, or by its first bytes.
  ///
  /// - Parameters:
  ///   - path: the file, possibly `file.hdf5:dataset`.
  ///   - dataset: what is read of an HDF5 file whose path names none.
  /// - Returns: the matrix, its size checked against the file's.
  /// - Throws: ``FileError``.
  static func open(_ path: String, dataset: String) throws(FileError) -> StoredMatrix {
    let reference = FileReference(path)
    let file = try MappedFile(path: reference.path)
    let format = try FileFormat.of(file)
    guard file.count > 0 else {
      throw FileError(.badData, path: path, reason: "the file is empty")
    }
    switch format {
    case .npy:
      return .mapped(MappedMatrix(file, layout: try NpyHeader.layout(of: file)))
    case .vecs(let element):
      let layout = try VecsFormat.layout(of: file, element: element)
      return .mapped(MappedMatrix(file, layout: layout))
    case .bigANN(let element):
      let layout = try BigANNFormat.layout(of: file, element: element)
      return .mapped(MappedMatrix(file, layout: layout))
    case .hdf5:
      let dataset = try HDF5Dataset(reference.dataset ?? dataset, in: file)
      guard let layout = dataset.mappable else { return .hdf5(dataset) }
      let name = "\(dataset.path):\(dataset.name)"
      return .mapped(MappedMatrix(file, layout: layout, name: name))
    }
  }
}
