extension VectorSet {
  /// Opens a folder that `needle encode` wrote: one set, or the slices of one.
  ///
  /// - Parameters:
  ///   - folder: with `manifest.json`, or with the folders `slice-0-of-n` … of all slices.
  ///   - idsPath: ids that take the place of the folder's own.
  /// - Returns: the vectors in the order in which they were encoded, slice after slice.
  /// - Throws: ``FileError`` for missing or foreign files, for sets that are incomplete, and for
  ///   slices that do not belong together.
  static func open(folder: String, ids idsPath: String?) throws(FileError) -> VectorSet {
    let folder = String(folder.reversed().drop { $0 == "/" }.reversed())
    return try joined(parts(of: folder), name: folder, ids: idsPath)
  }

  /// The settings with which the vectors of a folder were encoded.
  ///
  /// - Returns: what the folder's manifest says; `nil` where `path` is no folder.
  /// - Throws: as opening the folder does, but the vectors are left alone.
  package static func settings(
    of path: String
  ) throws(FileError) -> [VectorSetManifest.Setting]? {
    guard Folder.exists(path) else { return nil }
    return try parts(of: path).first?.manifest.settings
  }

  /// The set in a folder, or its slices in their order.
  private static func parts(of folder: String) throws(FileError) -> [VectorSetPart] {
    let names = try Folder.names(in: folder)
    if names.contains(VectorSetManifest.fileName) { return [try VectorSetPart(folder)] }
    return try slices(of: folder, names)
  }

  /// The slices in a folder, in their order.
  private static func slices(
    of folder: String,
    _ names: [String]
  ) throws(FileError) -> [VectorSetPart] {
    guard let first = names.first(where: { $0.hasPrefix("slice-") }) else {
      throw FileError(
        .missingInput,
        path: folder,
        reason: "is a folder without \(VectorSetManifest.fileName)",
        remedy: "give a file of vectors, or a folder that 'needle encode' wrote"
      )
    }
    let head = try VectorSetPart(folder + "/" + first)
    var parts: [VectorSetPart] = []
    for index in 0..<(head.manifest.slice?.count ?? 1) {
      let slice = VectorSetManifest.Slice(index: index, count: head.manifest.slice?.count ?? 1)
      guard names.contains(slice.folder) else {
        throw FileError(
          .missingInput,
          path: folder,
          reason: "the slice \(slice.folder) is missing",
          remedy: "run 'needle encode --shard \(index)/\(slice.count)'"
        )
      }
      let part = try VectorSetPart(folder + "/" + slice.folder)
      try part.check(slice, like: head)
      parts.append(part)
    }
    let known = parts.compactMap { $0.manifest.slice?.folder }
    if let other = names.first(where: { $0.hasPrefix("slice-") && !known.contains($0) }) {
      throw FileError(
        .badData,
        path: folder,
        reason: "\(other) is a slice of another set than \(first)",
        remedy: "keep slices of one set only in a folder"
      )
    }
    return parts
  }

  private static func joined(
    _ parts: [VectorSetPart],
    name: String,
    ids idsPath: String?
  ) throws(FileError) -> VectorSet {
    var shards: [any VectorSource] = []
    for part in parts { shards += try part.shards() }
    let source = ShardedVectors(shards, dimension: parts[0].manifest.dimension, name: name)
    if let idsPath {
      let ids = try VectorIDs(contentsOf: idsPath, count: source.count, vectors: name)
      return VectorSet(source, ids: ids)
    }
    var all: [VectorIDs] = []
    for part in parts {
      let path = part.folder + "/" + VectorSetManifest.idsName
      all.append(
        try VectorIDs(contentsOf: path, count: part.manifest.count, vectors: part.folder)
      )
    }
    do throws(IndexError) {
      return VectorSet(source, ids: try VectorIDs(joining: all))
    } catch {
      throw FileError(.badData, path: name, reason: error.description)
    }
  }
}

/// One folder of shards with its manifest.
struct VectorSetPart {
  let folder: String
  let manifest: VectorSetManifest

  /// Reads the manifest.
  ///
  /// - Throws: ``FileError``, also where the set is incomplete.
  init(_ folder: String) throws(FileError) {
    self.folder = folder
    manifest = try VectorSetManifest(folder: folder)
    guard manifest.isComplete else {
      throw FileError(
        .badData,
        path: folder,
        reason: "is incomplete: needle encode was interrupted after "
          + "\(manifest.count) vectors",
        remedy: "run the same 'needle encode' again, which goes on from there"
      )
    }
  }

  /// Checks that this is a certain slice of the set that `other` is a slice of.
  func check(_ slice: VectorSetManifest.Slice, like other: VectorSetPart) throws(FileError) {
    guard manifest.slice == slice else {
      throw FileError(.badData, path: folder, reason: "its manifest is another slice's")
    }
    let mine = manifest
    let others = other.manifest
    guard mine.settings == others.settings, mine.dimension == others.dimension else {
      throw FileError(
        .badData,
        path: folder,
        reason: "was encoded from other texts or with other settings than \(other.folder)",
        remedy: "encode all slices of one set alike"
      )
    }
  }

  /// Opens the shards and compares them with the manifest.
  func shards() throws(FileError) -> [any VectorSource] {
    var shards: [any VectorSource] = []
    for (place, shard) in manifest.shards.enumerated() {
      let path = folder + "/" + VectorSetManifest.shardName(place)
      let file = try MappedFile(path: path)
      let layout = try NpyHeader.layout(of: file)
      guard layout.count == shard.rows, layout.dimension == manifest.dimension,
        layout.element == manifest.element
      else {
        throw FileError(
          .badData,
          path: path,
          reason: "holds \(layout.count) x \(layout.dimension) of \(layout.element.rawValue), but "
            + "the manifest says \(shard.rows) x \(manifest.dimension) of "
            + manifest.element.rawValue,
          remedy: ManifestFields.remedy
        )
      }
      shards.append(MappedMatrix(file, layout: layout))
    }
    return shards
  }
}
