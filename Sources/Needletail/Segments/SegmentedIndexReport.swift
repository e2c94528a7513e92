public import IndexStore
public import VectorCore

/// What an index that can be changed consists of at one moment.
public struct SegmentedIndexReport: Sendable {
  /// One segment: an index file, the vectors beside it, and which of its rows are deleted.
  public struct Segment: Sendable {
    /// The name of the index file in the folder.
    public let name: String
    /// What the index file holds, deleted rows included.
    public let summary: IndexSummary
    /// How many rows are deleted.
    public let deletedCount: Int
    /// The bytes of the index file.
    public let indexBytes: Int
    /// The bytes of the file of vectors.
    public let vectorBytes: Int
    /// What searching it takes.
    public let memory: MemoryNeed
    /// The bytes of its ids.
    let idBytes: Int
  }

  /// Backend and parameters of large segments.
  public let specification: String
  /// How vectors are compared.
  public let metric: Metric
  /// The length of the vectors.
  public let dimension: Int
  /// The seed of every random choice.
  public let seed: UInt64
  /// Whether ids are words; `nil` before the first vectors.
  public let usesNames: Bool?
  /// The fingerprint of the model that encoded the vectors, where it is known.
  public let model: String?
  /// Counts the changes since the index was made.
  public let generation: Int
  /// The segments, in the order of their rows.
  public let segments: [Segment]

  /// The rows that are not deleted.
  public var count: Int { segments.reduce(0) { $0 + $1.summary.count - $1.deletedCount } }
  /// The bytes of all files.
  public var fileBytes: Int { segments.reduce(0) { $0 + $1.indexBytes + $1.vectorBytes } }

  /// What searching the index takes: its segments, and the ids of all rows once more.
  public var memory: MemoryNeed {
    MemoryNeed(
      mappedBytes: segments.reduce(0) { $0 + $1.memory.mappedBytes },
      restoredBytes: segments.reduce(0) { $0 + $1.memory.restoredBytes },
      idBytes: segments.reduce(0) { $0 + $1.memory.idBytes + $1.idBytes }
    )
  }

  /// Looks at the files of an index.
  ///
  /// - Parameters:
  ///   - folder: the folder of the index, which nobody changes meanwhile.
  ///   - verifies: whether every byte of the index files is compared with its checksum, every vector
  ///     looked at, and the ids of rows that are not deleted checked to differ.
  ///   - threads: how many threads may work.
  /// - Throws: ``VectorCore/FileError`` for missing files, and for the first that is damaged.
  /// - Complexity: O(bytes of all files) where it verifies, else O(segments).
  public init(of folder: String, verifies: Bool = false, threads: Int = 1) throws {
    let manifest = try SegmentManifest(folder: folder)
    specification = manifest.specification
    (metric, dimension, seed) = (manifest.metric, manifest.dimension, manifest.seed)
    (usesNames, model, generation) = (manifest.usesNames, manifest.model, manifest.generation)
    segments = try manifest.segments.map { segment in
      let path = folder + "/" + segment.indexName
      if verifies { try IndexFile.verify(path, threads: threads) }
      let file = try IndexFile.open(path, verification: .structure)
      let vectors = try MappedFile(path: folder + "/" + segment.vectorsName)
      return Segment(
        name: segment.indexName,
        summary: file.summary,
        deletedCount: segment.deletedCount,
        indexBytes: file.fileBytes,
        vectorBytes: vectors.count,
        memory: file.memory,
        idBytes: file.ids.byteCount ?? 8 * file.summary.count
      )
    }
    guard verifies else { return }
    _ = try SegmentedIndex(manifest, in: folder)
    try LiveRows(manifest.segments, of: manifest, in: folder).verify(for: manifest.metric)
  }
}

extension LiveRows {
  /// Looks at every vector, and checks that the ids differ.
  fileprivate func verify(for metric: Metric) throws {
    let set = VectorSet(self, ids: ids)
    if let numbers = ids.explicit { _ = try VectorIDs(numbers) }
    let block = max(1, (1 << 20) / dimension)
    for start in stride(from: 0, to: count, by: block) {
      let rows = start..<min(start + block, count)
      var values = [Float](repeating: 0, count: rows.count * dimension)
      var span = values.mutableSpan
      try set.copyRows(rows, preparedFor: metric, into: &span)
    }
  }
}
