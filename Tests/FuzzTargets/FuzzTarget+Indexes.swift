internal import IndexStore
internal import Needletail
internal import VectorCore

extension FuzzTarget {
  /// Files of indexes: those of each backend of ours, and those of an index that changes.
  ///
  /// faiss's own readers are not among them: what they read is covered by checksums only.
  static let indexes: [FuzzTarget] =
    ["flat", "ivf", "hnsw"].map { name in
      FuzzTarget(name, "a.needle", seal: IndexSeal.seal) { path in
        _ = try IndexFile.verify(path)
        try search(try openIndex(path))
      }
    } + [
      FuzzTarget("segments", "manifest.json", beside: "segments") { path in
        try search(try SegmentedIndex(folder(of: path)))
      },
      FuzzTarget(
        "deleted-rows",
        "segment-1.deleted-2",
        beside: "segments",
        seal: DeletedRowsSeal.seal
      ) { path in
        try search(try SegmentedIndex(folder(of: path)))
      },
    ]

  private static func search(_ index: any VectorIndex) throws {
    // A hostile file may ask for any dimension that its size allows for.
    let query = [Float](repeating: 0.5, count: index.summary.dimension)
    _ = try index.search(query.span, k: 3)
  }
}
