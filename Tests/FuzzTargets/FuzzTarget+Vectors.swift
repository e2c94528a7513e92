internal import VectorCore

extension FuzzTarget {
  /// Files of vectors, neighbors and ids.
  static let vectors: [FuzzTarget] =
    ["npy", "fvecs", "bvecs", "fbin", "u8bin", "i8bin", "hdf5"].map { ending in
      FuzzTarget(ending, "a.\(ending)") { try readVectors($0) }
    }
    + ["ivecs", "ibin"].map { ending in
      FuzzTarget(ending, "a.\(ending)") { path in
        _ = try IntegerRows.open(path, within: 0..<1_000)
      }
    } + [
      FuzzTarget("distances", "a.ibin") { _ = try FloatRows.open($0) },
      FuzzTarget("ids", "ids.txt") { path in
        _ = try VectorIDs(contentsOf: path, count: 3, vectors: "a.npy")
      },
      FuzzTarget("vector-folder", "manifest.json", beside: "vector-folder") { path in
        try readVectors(folder(of: path))
      },
    ]

  /// The folder that a file is in.
  static func folder(of path: String) -> String {
    String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
  }

  /// Reads all rows, a block at a time.
  static func readVectors(_ path: String) throws {
    let set = try VectorSet.open(path)
    let block = max(1, (1 << 16) / max(1, set.dimension))
    for start in stride(from: 0, to: set.count, by: block) {
      let rows = start..<min(start + block, set.count)
      var values = [Float](repeating: 0, count: rows.count * set.dimension)
      var span = values.mutableSpan
      try set.copyRows(rows, preparedFor: .cosine, into: &span)
    }
  }
}
