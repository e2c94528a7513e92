public import VectorCore

/// Writes vectors and their ids to a folder, in steps that outlive the end of the process.
///
/// After each ``append(_:ids:)`` the folder's manifest says how many vectors count; a writer that is
/// made for the same folder later goes on there, whatever was written after it. The files are then
/// the same, byte by byte, as those of a process that was never interrupted. To be used by one
/// thread.
public final class VectorSetWriter {
  /// What the folder holds.
  public private(set) var manifest: VectorSetManifest

  private let folder: VectorSetFolder
  private var shard: GrowingFile?
  private var ids: GrowingFile?

  /// Creates the folder, or opens the one of an interrupted or finished writer.
  ///
  /// - Parameters:
  ///   - path: the folder, whose parent exists.
  ///   - manifest: an empty set, which says what the vectors are going to be.
  /// - Throws: ``VectorCore/FileError`` where the folder holds anything else, such as a set of
  ///   another model or with other settings, or is being written to.
  public init(_ path: String, continuing manifest: VectorSetManifest) throws(FileError) {
    folder = try VectorSetFolder(path)
    // Where nothing was written yet, whatever it was meant to be is of no account.
    if let found = try folder.manifest(), found.count > 0 {
      try Self.check(found, against: manifest, path)
      self.manifest = found
      try folder.removeLeftovers(shards: found.shards.count)
      if !found.isComplete { try reopen() }
    } else {
      self.manifest = manifest
      try folder.removeLeftovers(shards: 0)
      try save()
      try reopen()
    }
  }

  /// The number of vectors that are safely there.
  public var count: Int { manifest.count }

  /// Appends vectors and their ids; when this returns, they are on the disk.
  ///
  /// - Parameters:
  ///   - vectors: `[ids.count, dimension]`, row-major, finite.
  ///   - words: their ids, each of which the set does not have yet.
  /// - Throws: ``VectorCore/IndexError`` for values that are not finite, ``VectorCore/FileError``
  ///   for those that are too large for f16 and where writing fails. The vectors then do not count,
  ///   and going on takes a new writer.
  public func append(_ vectors: Span<Float>, ids words: [String]) throws {
    let dimension = manifest.dimension
    precondition(vectors.count == words.count * dimension, "\(vectors.count) values")
    precondition(!manifest.isComplete, "the set is complete")
    try check(vectors)
    var next = manifest
    var row = 0
    while row < words.count {
      if next.shards.last.map({ $0.checksum != nil }) ?? true {
        next.shards.append(VectorSetManifest.Shard(rows: 0, checksum: nil))
        try openShard(next.shards.count - 1, rows: 0)
      }
      let place = next.shards.count - 1
      let taken = min(words.count - row, next.shardRows - next.shards[place].rows)
      try write(vectors.extracting(row * dimension..<(row + taken) * dimension))
      next.shards[place].rows += taken
      row += taken
      if next.shards[place].rows == next.shardRows {
        next.shards[place].checksum = try closeShard(rows: next.shardRows)
      }
    }
    try shard?.sync()
    let lines = Array(words.map { $0 + "\n" }.joined().utf8)
    try unsafe ids?.append(lines.span.bytes)
    try ids?.sync()
    next.count += words.count
    next.idBytes += lines.count
    manifest = next
    try save()
  }

  /// Closes the files and marks the set as complete.
  ///
  /// - Throws: ``VectorCore/FileError`` where writing fails; another writer can finish then.
  public func finish() throws(FileError) {
    guard !manifest.isComplete else { return }
    precondition(manifest.count > 0, "a set of no vectors")
    var last = manifest
    if let rows = last.shards.last?.rows, last.shards.last?.checksum == nil {
      last.shards[last.shards.count - 1].checksum = try closeShard(rows: rows)
    }
    last.idChecksum = try ids.take()?.finish()
    try folder.sync()
    last.isComplete = true
    manifest = last
    try save()
  }
}

extension VectorSetWriter {
  /// Opens the files that grow, cut to what the manifest counts.
  private func reopen() throws(FileError) {
    ids = try GrowingFile(folder.file(VectorSetManifest.idsName), keeping: manifest.idBytes)
    guard let last = manifest.shards.last, last.checksum == nil else { return }
    try openShard(manifest.shards.count - 1, rows: last.rows)
  }

  private func openShard(_ number: Int, rows: Int) throws(FileError) {
    let rowBytes = manifest.dimension * manifest.element.size
    let path = folder.file(VectorSetManifest.shardName(number))
    let headerBytes = NpyHeader.writtenSize
    var file = try GrowingFile(path, keeping: rows == 0 ? 0 : headerBytes + rows * rowBytes)
    // The header is written when the number of rows is known.
    let room = [UInt8](repeating: 0, count: headerBytes)
    if rows == 0 { try unsafe file.append(room.span.bytes) }
    shard = consume file
  }

  private func closeShard(rows: Int) throws(FileError) -> String? {
    let (element, dimension) = (manifest.element, manifest.dimension)
    try shard?.overwrite(NpyHeader.encoded(element, rows: rows, dimension: dimension))
    let checksum = try shard.take()?.finish()
    try folder.sync()
    return checksum
  }

  private func write(_ vectors: Span<Float>) throws(FileError) {
    guard manifest.element == .float16 else {
      try unsafe shard?.append(vectors.bytes)
      return
    }
    let halves = HalfPrecision.narrow(vectors).halves
    try unsafe shard?.append(halves.span.bytes)
  }

  /// Refuses values that no search could use.
  private func check(_ vectors: Span<Float>) throws {
    let dimension = manifest.dimension
    if let bad = vectors.indices.first(where: { !vectors[$0].isFinite }) {
      let row = count + bad / dimension
      throw IndexError.notFinite(what: folder.path, row: row, column: bad % dimension)
    }
    guard manifest.element == .float16, let large = HalfPrecision.narrow(vectors).overflow else {
      return
    }
    throw FileError(
      .badData,
      path: folder.path,
      place: "row \(count + large / dimension), column \(large % dimension)",
      reason: "\(vectors[large]) does not fit f16",
      remedy: "store f32"
    )
  }

  private func save() throws(FileError) {
    var file = try AtomicFile(path: folder.file(VectorSetManifest.fileName))
    try file.write(manifest.encoded)
    try file.commit()
  }

  /// Compares a set that is there with the one that is wanted.
  private static func check(
    _ found: VectorSetManifest,
    against wanted: VectorSetManifest,
    _ path: String
  ) throws(FileError) {
    let left = found.described
    let right = wanted.described
    let names = right.map(\.name) + left.map(\.name)
    func value(_ name: String, _ settings: [VectorSetManifest.Setting]) -> String {
      settings.first { $0.name == name }.map { "'\($0.value)'" } ?? "not set"
    }
    guard let name = names.first(where: { value($0, left) != value($0, right) }) else { return }
    throw FileError(
      .usage,
      path: path,
      reason: "holds vectors of another encoding: \(name) was \(value(name, left)), "
        + "now it is \(value(name, right))",
      remedy: "give another folder, or the same settings as then"
    )
  }
}

extension VectorSetManifest {
  /// All that two encodings of one set have in common.
  fileprivate var described: [Setting] {
    settings + [
      Setting("dimension", "\(dimension)"), Setting("dtype", element.rawValue),
      Setting("rows per shard", "\(shardRows)"),
      Setting("slice", slice.map { "\($0.index)/\($0.count)" } ?? "none"),
    ]
  }
}
