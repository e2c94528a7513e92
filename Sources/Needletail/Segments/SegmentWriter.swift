internal import Filtering
internal import Glibc
public import IndexStore
public import VectorCore

/// Changes a segmented index: adds, deletes, replaces and compacts.
///
/// ```swift
/// let writer = try SegmentWriter(creating: "docs", "hnsw:M=32", metric: .cosine, dimension: 384)
/// try writer.add(vectors)
/// try writer.delete(["17", "18"])
/// let index = try SegmentedIndex("docs")
/// ```
/// What a call has returned from is on the disk, whatever happens then; a call that fails, or whose
/// process dies, leaves the index as it was. There is one writer at a time, across processes. Vectors
/// are kept as they were given beside the segments, so that a compaction loses nothing: 4 bytes a value.
/// A writer keeps the ids that it has looked at in memory, 8 bytes for a number, and names mapped.
public final class SegmentWriter {
  /// What becomes of a vector whose id is there already.
  public enum Duplicates: String, Sendable, CaseIterable {
    /// The call fails, and nothing is added.
    case error
    /// The vector takes the place of the one that is there.
    case replace
  }

  /// The folder of the index.
  public let folder: String
  /// How far the building of segments stands back behind other threads, as in nice(1): 0 for not at all, up
  /// to 19.
  ///
  /// For a program whose searches should not slow down while it changes the index. With a positive
  /// number segments are built on one thread, whatever number a call gives.
  public var niceness = 0
  private var manifest: SegmentManifest
  private let lock: FolderLock
  private var files: SegmentFiles

  /// Segments below are searched exactly: a graph of few vectors gains nothing.
  package static let smallest = 10_000
  /// Small segments that may be side by side.
  static let mostSmall = 8

  /// Makes an empty index in a folder, which is created where it is missing.
  ///
  /// - Parameters:
  ///   - folder: a folder that holds nothing.
  ///   - specification: the backend of large segments, with construction parameters.
  ///   - metric: how vectors are compared.
  ///   - dimension: the length of the vectors, at least 1.
  ///   - seed: of every random choice.
  /// - Throws: ``VectorCore/FileError`` for a folder that holds something, or cannot be written;
  ///   ``VectorCore/IndexError`` for a specification that does not exist.
  public init(
    creating folder: String,
    _ specification: String,
    metric: Metric,
    dimension: Int,
    seed: UInt64 = 42
  ) throws {
    let checked = try IndexSpecification(parsing: specification)
    guard (1...(1 << 20)).contains(dimension) else {
      throw IndexError.invalidParameter(
        name: "dimension",
        value: "\(dimension)",
        allowed: "from 1 to \(1 << 20)"
      )
    }
    try Folder.create(folder)
    lock = try FolderLock(folder)
    files = SegmentFiles(folder: folder)
    let names = try Folder.names(in: folder).filter { $0 != FolderLock.fileName }
    guard names.isEmpty else {
      throw FileError(
        .inputOutput,
        path: folder,
        reason: "holds '\(names[0])' already",
        remedy: "give a new folder"
      )
    }
    self.folder = folder
    manifest = SegmentManifest(
      specification: checked.description,
      metric: metric,
      dimension: dimension,
      seed: seed
    )
    try manifest.write(to: folder)
  }

  /// Opens an index to change it; removes what an interrupted change left.
  ///
  /// - Throws: ``VectorCore/FileError`` where another writer has it, and for a folder without index.
  public init(_ folder: String) throws {
    guard SegmentManifest.exists(in: folder) else {
      throw FileError(
        .missingInput,
        path: folder,
        reason: "holds no segmented index",
        remedy: "make one by 'needle index add --backend …'"
      )
    }
    lock = try FolderLock(folder)
    files = SegmentFiles(folder: folder)
    self.folder = folder
    manifest = try SegmentManifest(folder: folder)
    try removeStrays()
  }

  /// Removes the index again where nothing was ever added to it, as when the first vectors are refused.
  ///
  /// - Throws: ``VectorCore/FileError`` where removing fails.
  public func removeIfUnused() throws {
    guard manifest.generation == 0 else { return }
    for name in try Folder.names(in: folder) { _ = unsafe unlink(folder + "/" + name) }
    guard unsafe rmdir(folder) == 0 else { throw SystemError.current().whileWriting(folder) }
  }

  /// The rows that are not deleted.
  public var count: Int {
    manifest.segments.reduce(0) { $0 + $1.count - $1.deletedCount }
  }

  /// Adds vectors as a new segment, and joins segments that are small or mostly deleted.
  ///
  /// - Parameters:
  ///   - vectors: of the index's dimension; without ids they get the numbers that come next.
  ///   - duplicates: what becomes of ids that are there already.
  ///   - attributes: of the vectors, row by row; `nil` for none.
  ///   - model: the fingerprint of the model that encoded them; `nil` where it is not known.
  ///   - threads: how many threads may work.
  ///   - progress: called now and then.
  /// - Returns: how many vectors were replaced.
  /// - Throws: ``VectorCore/IndexError`` for vectors that the index cannot hold, for ids that are
  ///   there already, for an attribute that is a text here and a number there, and for another model than
  ///   that of the first vectors;
  ///   ``VectorCore/FileError`` where writing fails.
  /// - Complexity: that of building an index of the vectors, and O(rows) for the ids.
  @discardableResult
  public func add(
    _ vectors: VectorSet,
    duplicates: Duplicates = .error,
    attributes: AttributeTable? = nil,
    model: String? = nil,
    threads: Int = 1,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) throws -> Int {
    guard vectors.count > 0 else { throw IndexError.emptySet(what: vectors.name) }
    guard vectors.dimension == manifest.dimension else {
      throw IndexError.dimensionMismatch(
        what: vectors.name,
        expected: manifest.dimension,
        actual: vectors.dimension
      )
    }
    var next = manifest
    try enter(model, in: &next)
    try check(attributes, count: vectors.count)
    let ids = try givenIDs(vectors, &next)
    let replaced = try files.rows(
      of: (0..<vectors.count).map { ids.word(at: $0) },
      in: manifest.segments
    )
    if duplicates == .error, let first = replaced.first {
      throw IndexError.invalidParameter(
        name: "id",
        value: first.id,
        allowed: "an id that the index does not have; replace it, or leave it out"
      )
    }
    let options = buildOptions(threads, progress)
    try append(VectorSet(vectors.source, ids: ids), attributes, to: &next, options)
    try markDeleted(replaced.map { ($0.segment, $0.row) }, in: &next)
    try tidy(&next, options)
    try commit(next)
    return replaced.count
  }

  /// Adds the vectors of another segmented index.
  ///
  /// - Parameters:
  ///   - other: a snapshot's folder, which nobody changes meanwhile.
  ///   - duplicates: as in ``add(_:duplicates:threads:progress:)``.
  ///   - threads: how many threads may work.
  ///   - progress: called now and then.
  /// - Returns: how many vectors were replaced.
  /// - Throws: as ``add(_:duplicates:threads:progress:)``.
  @discardableResult
  public func merge(
    _ other: String,
    duplicates: Duplicates = .error,
    threads: Int = 1,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) throws -> Int {
    let theirs = try SegmentManifest(folder: other)
    let live = try LiveRows(theirs.segments, of: theirs, in: other)
    return try add(
      VectorSet(live, ids: live.ids),
      duplicates: duplicates,
      attributes: live.attributes,
      model: theirs.model,
      threads: threads,
      progress: progress
    )
  }

  /// Deletes the vectors of some ids.
  ///
  /// - Parameter ids: numbers, or names where ids are words.
  /// - Throws: ``VectorCore/IndexError`` for an id that the index does not have; nothing is deleted
  ///   then.
  /// - Complexity: O(rows).
  public func delete(_ ids: [String]) throws {
    let found = try files.rows(of: ids, in: manifest.segments)
    let known = Set(found.map { Array($0.id.utf8) })
    if let missing = ids.first(where: { !known.contains(Array($0.utf8)) }) {
      throw IndexError.invalidParameter(
        name: "id",
        value: missing,
        allowed: "an id that the index has"
      )
    }
    var next = manifest
    try markDeleted(found.map { ($0.segment, $0.row) }, in: &next)
    try commit(next)
  }

  /// Makes one segment of all rows that are not deleted, as if they had been added at once.
  ///
  /// - Parameters:
  ///   - threads: how many threads may work.
  ///   - progress: called now and then.
  /// - Throws: ``VectorCore/FileError`` where reading or writing fails.
  public func compact(
    threads: Int = 1,
    progress: @escaping @Sendable (BuildProgress) -> Void = { _ in }
  ) throws {
    let isCompact =
      manifest.segments.count <= 1
      && manifest.segments.allSatisfy { $0.deletedCount == 0 }
    guard !isCompact else { return }
    let options = buildOptions(threads, progress)
    var next = manifest
    try join(next.segments, in: &next, options)
    try commit(next)
  }

  /// Joins what makes searches slow: many small segments, each of which is searched by itself, and
  /// segments most of whose rows are deleted, which are passed all the same.
  ///
  /// A row is rewritten when as many others were deleted beside it, or when a small segment becomes part
  /// of a larger one: a constant number of times for each change.
  private func tidy(_ next: inout SegmentManifest, _ options: BuildOptions) throws {
    func isSmall(_ segment: SegmentManifest.Segment) -> Bool { segment.count < Self.smallest }
    func isWorn(_ segment: SegmentManifest.Segment) -> Bool {
      !isSmall(segment) && 2 * segment.deletedCount > segment.count
    }
    let hasWorn = next.segments.contains(where: isWorn)
    let joinsSmall = hasWorn || next.segments.count(where: isSmall) > Self.mostSmall
    guard joinsSmall else { return }
    // In the order of their rows, as a compaction has them.
    try join(next.segments.filter { isSmall($0) || isWorn($0) }, in: &next, options)
  }

  /// Estimates what ``compact(threads:progress:)`` takes.
  ///
  /// - Parameter threads: how many threads work.
  /// - Returns: as ``IndexSpecification/memory(over:metric:tuning:threads:)``, with the places and ids
  ///   of all vectors that stay; `nil` where none stays, or where the backend does not say.
  /// - Throws: ``VectorCore/FileError`` for damaged files.
  public func compactionMemory(threads: Int = 1) throws -> BuildMemory? {
    guard count > 0 else { return nil }
    let idBytes = try manifest.segments.reduce(0) { sum, segment in
      sum + (try files.file(of: segment).ids.byteCount ?? 8 * segment.count)
    }
    let estimate = try specification(forCount: count).memory(
      count: count,
      dimension: manifest.dimension,
      idBytes: idBytes,
      options: BuildOptions(metric: manifest.metric, threads: threads)
    )
    return estimate.map { estimate in
      BuildMemory(
        sections: estimate.sections,
        peak: estimate.peak + [BuildMemory.Part("places of rows", 16 * count)],
        search: estimate.search,
        remedy: estimate.remedy
      )
    }
  }

  private func buildOptions(
    _ threads: Int,
    _ progress: @escaping @Sendable (BuildProgress) -> Void
  ) -> BuildOptions {
    BuildOptions(
      metric: manifest.metric,
      threads: niceness > 0 ? 1 : threads,
      seed: manifest.seed,
      progress: progress
    )
  }

  /// Few vectors are searched exactly.
  private func specification(forCount count: Int) throws -> IndexSpecification {
    try IndexSpecification(parsing: count < Self.smallest ? "flat" : manifest.specification)
  }

  /// Makes one segment, the last, of some.
  private func join(
    _ segments: [SegmentManifest.Segment],
    in next: inout SegmentManifest,
    _ options: BuildOptions
  ) throws {
    let live = try LiveRows(segments, of: next, in: folder)
    next.segments.removeAll { segments.contains($0) }
    guard live.count > 0 else { return }
    try append(VectorSet(live, ids: live.ids), live.attributes, to: &next, options)
  }

  /// Keeps the model of the first vectors, and refuses another for later ones.
  private func enter(_ model: String?, in next: inout SegmentManifest) throws(IndexError) {
    guard let model else { return }
    if manifest.segments.isEmpty { next.model = model }
    guard let known = next.model, known != model else { return }
    throw .invalidParameter(
      name: "model",
      value: model,
      allowed: "that of the vectors in the index, \(known)"
    )
  }

  /// The ids that new vectors get.
  private func givenIDs(
    _ vectors: VectorSet,
    _ next: inout SegmentManifest
  ) throws(IndexError) -> VectorIDs {
    let named = vectors.ids.names != nil
    if vectors.ids.count != nil, let before = manifest.usesNames, before != named {
      throw .invalidParameter(
        name: "ids",
        value: named ? "words" : "numbers",
        allowed: before ? "words, as the index has" : "numbers, as the index has"
      )
    }
    if vectors.ids.count == nil, manifest.usesNames == true {
      throw .invalidParameter(name: "ids", value: "none", allowed: "words, as the index has")
    }
    next.usesNames = named
    guard !named else { return vectors.ids }
    let first = manifest.nextID
    guard vectors.ids.count != nil || vectors.count <= Int.max - first else {
      throw .invalidParameter(name: "ids", value: "none", allowed: "ids, since no number is left")
    }
    let numbers =
      vectors.ids.explicit ?? (0..<vectors.count).map { UInt64(first + $0) }
    let largest = numbers.max() ?? 0
    next.nextID = max(first, Int(clamping: largest) == .max ? .max : Int(largest) + 1)
    return VectorIDs(unchecked: numbers)
  }

  /// Refuses attributes of other rows, and of types that do not go with those in the index.
  private func check(_ attributes: AttributeTable?, count: Int) throws {
    guard let attributes else { return }
    precondition(attributes.count == count, "attributes of other vectors")
    let known = try manifest.segments.compactMap { try files.file(of: $0).attributeTable() }
    guard let conflict = AttributeTable.conflict(among: known + [attributes]) else { return }
    throw IndexError.invalidParameter(
      name: "attribute '\(conflict.name)'",
      value: conflict.second,
      allowed: "\(conflict.first), as in the index"
    )
  }

  /// Writes a segment of vectors with ids and attributes, and enters it.
  private func append(
    _ vectors: VectorSet,
    _ attributes: AttributeTable?,
    to next: inout SegmentManifest,
    _ options: BuildOptions
  ) throws {
    let segment = SegmentManifest.Segment(number: next.nextSegment, count: vectors.count)
    next.nextSegment += 1
    let path = folder + "/" + segment.vectorsName
    try copy(vectors, to: path)
    let kept = VectorSet(try VectorSet.open(path).source, ids: vectors.ids)
    let specification = try specification(forCount: vectors.count)
    try YieldingThread.run(niceness: niceness) {
      let index = try specification.backend.makeIndex(
        over: kept,
        parameters: specification.parameters,
        options: options
      )
      try IndexFile.write(
        attributes.map { AttributedIndex(index, attributes: $0) } ?? index,
        to: folder + "/" + segment.indexName,
        compress: false,
        threads: options.threads
      )
    }
    next.segments.append(segment)
  }

  /// Writes vectors, checked for the metric but as they were given, a block at a time.
  private func copy(_ vectors: VectorSet, to path: String) throws {
    let writer = try MatrixWriter(path, dimension: vectors.dimension, element: .float32)
    let block = max(1, (1 << 22) / vectors.dimension)
    for start in stride(from: 0, to: vectors.count, by: block) {
      let rows = start..<min(start + block, vectors.count)
      var values = [Float](repeating: 0, count: rows.count * vectors.dimension)
      var span = values.mutableSpan
      try vectors.source.copyRows(rows, into: &span)
      var checked = values
      var checkedSpan = checked.mutableSpan
      try prepare(
        &checkedSpan,
        dimension: vectors.dimension,
        for: manifest.metric,
        what: vectors.name,
        firstRow: start
      )
      try writer.append(values.span)
    }
    try writer.finish()
  }

  /// Writes which rows of segments are deleted once these are, too.
  private func markDeleted(
    _ rows: [(segment: Int, row: UInt32)],
    in next: inout SegmentManifest
  ) throws {
    let bySegment = Dictionary(grouping: rows, by: \.segment)
    for place in next.segments.indices {
      let segment = next.segments[place]
      guard let more = bySegment[segment.number] else { continue }
      let deleted = try files.deletedRows(of: segment)
        .union(RowFilter(count: segment.count, rows: more.map(\.row)))
      next.segments[place].deletedCount = deleted.matches
      next.segments[place].deletedIn = manifest.generation + 1
      guard let name = next.segments[place].deletedName else { continue }
      try DeletedRows.write(deleted, to: folder + "/" + name)
    }
  }

  /// Makes a manifest the index, and removes what is no part of it any more.
  private func commit(_ next: SegmentManifest) throws {
    var next = next
    next.generation = manifest.generation + 1
    next.segments.removeAll { $0.deletedCount == $0.count }
    try next.write(to: folder)
    manifest = next
    files.forget(but: next.segments)
    try removeStrays()
  }

  /// Removes files of changes that came to nothing, and of segments that are gone; whoever has them
  /// open keeps them.
  private func removeStrays() throws(FileError) {
    let names = manifest.names
    for name in try Folder.names(in: folder) where !names.contains(name) {
      guard name.hasPrefix("segment-") || name.hasPrefix(".needle-") else { continue }
      _ = unsafe unlink(folder + "/" + name)
    }
  }
}
