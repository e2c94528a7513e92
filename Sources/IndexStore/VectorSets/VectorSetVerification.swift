internal import VectorCore

/// What a check of a folder of vectors found.
public struct VectorSetVerification: Sendable, Equatable {
  /// A file whose bytes were compared with the manifest.
  public struct File: Sendable, Equatable {
    /// The path.
    public let path: String
    /// The size in bytes.
    public let bytes: Int
  }

  /// The number of vectors.
  public let count: Int
  /// Their length.
  public let dimension: Int
  /// All files that were checked, in the order of the vectors.
  public let files: [File]

  /// Checks every byte of a folder that `needle encode` wrote, or of all slices in one.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - threads: how many threads may work, on one file each.
  /// - Throws: ``VectorCore/FileError`` for all that opening the set refuses, and for a file whose
  ///   checksum is another than the manifest's.
  public init(of path: String, threads: Int = 1) throws {
    let set = try VectorSet.open(path)
    count = set.count
    dimension = set.dimension
    var promised: [(path: String, checksum: String?)] = []
    for folder in try Self.folders(path) {
      let manifest = try VectorSetManifest(folder: folder)
      for (place, shard) in manifest.shards.enumerated() {
        promised.append((folder + "/" + VectorSetManifest.shardName(place), shard.checksum))
      }
      promised.append((folder + "/" + VectorSetManifest.idsName, manifest.idChecksum))
    }
    files = try promised.map { File(path: $0.path, bytes: try MappedFile(path: $0.path).count) }
    let all = promised
    try parallelFor(all.count, chunk: 1, threads: threads) { _, range in
      for place in range { try Self.check(all[place].path, all[place].checksum) }
    }
  }

  /// Whether a path is a folder of vectors, or of slices, and no other.
  public static func applies(to path: String) -> Bool {
    guard Folder.exists(path), let names = try? Folder.names(in: path) else { return false }
    return names.contains { $0 == VectorSetManifest.fileName || $0.hasPrefix("slice-") }
  }

  private static func folders(_ path: String) throws -> [String] {
    let names = try Folder.names(in: path)
    if names.contains(VectorSetManifest.fileName) { return [path] }
    return names.filter { $0.hasPrefix("slice-") }.map { path + "/" + $0 }
  }

  private static func check(_ path: String, _ checksum: String?) throws {
    let found = try Checksum.of(fileAt: path).asChecksum
    guard found != checksum else { return }
    throw FileError(
      .badData,
      path: path,
      reason: "its checksum is \(found), "
        + "but the manifest says \(checksum ?? "none")",
      remedy: "restore it from a copy, or encode again"
    )
  }
}
