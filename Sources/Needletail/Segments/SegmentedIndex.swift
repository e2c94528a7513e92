internal import Filtering
internal import IndexStore
public import VectorCore

/// An index that can be changed, as it is at one moment: segments that never change, and which of their
/// rows are deleted.
///
/// A value is a snapshot: what a ``SegmentWriter`` does later, in this process or another, does not
/// change it, and never blocks it. Rows are those of all segments, one after the other, deleted ones
/// included; no search finds these.
public struct SegmentedIndex: VectorIndex, ObservedIndex, FilterableIndex {
  /// Backend and parameters of large segments; the count is that of rows that are not deleted.
  public let summary: IndexSummary
  /// The ids of all rows.
  public let ids: VectorIDs
  /// Counts the changes since the index was made.
  public let generation: Int
  private let folder: String
  private let parts: [SegmentPart]
  private let segments: SegmentSearch

  /// How often a change may overtake the opening of a snapshot.
  private static let attempts = 10

  /// Opens the index as it is now.
  ///
  /// - Parameter folder: the folder of the index.
  /// - Throws: ``VectorCore/FileError`` for a folder that holds none, and for missing or damaged files.
  public init(_ folder: String) throws { try self.init(folder, after: nil) }

  /// The index as it is now: what did not change since this snapshot is not opened again.
  ///
  /// For readers that follow an index. One that was deleted and made anew in the same folder is another
  /// index, which is to be opened.
  ///
  /// - Returns: this snapshot where nothing changed.
  /// - Throws: as ``init(_:)``.
  /// - Complexity: O(1) where nothing changed; else that of opening what is new, and O(bytes of the ids).
  public func refreshed() throws -> SegmentedIndex {
    try SegmentManifest(folder: folder).generation == generation
      ? self : SegmentedIndex(folder, after: self)
  }

  private init(_ folder: String, after last: SegmentedIndex?) throws {
    var attempt = 1
    while true {
      let manifest = try SegmentManifest(folder: folder)
      do {
        try self.init(manifest, in: folder, after: last)
        return
      } catch {
        // A writer may have replaced segments between the manifest's reading and theirs.
        let now = try SegmentManifest(folder: folder)
        guard now.generation != manifest.generation, attempt < Self.attempts else { throw error }
        attempt += 1
      }
    }
  }

  init(
    _ manifest: SegmentManifest,
    in folder: String,
    after last: SegmentedIndex? = nil
  ) throws {
    let specification = try IndexSpecification(parsing: manifest.specification)
    let known = Dictionary(
      uniqueKeysWithValues: (last?.parts ?? []).map { ($0.segment.number, $0) }
    )
    var parts: [SegmentPart] = []
    var ids = JoinedIDs(named: manifest.usesNames ?? false)
    var first = 0
    for segment in manifest.segments {
      let old = known[segment.number]
      let part: SegmentPart
      if let old, old.segment == segment {
        part = SegmentPart(old, firstRow: UInt32(first))
      } else {
        let index = try old?.index ?? Self.open(segment, of: manifest, in: folder)
        part = try SegmentPart(
          segment,
          index,
          live: segment.deletedName.map { name in
            try DeletedRows.read(folder + "/" + name, count: segment.count).inverted
          },
          firstRow: UInt32(first),
          isLarge: index.summary.backend == specification.backend.name
        )
      }
      ids.append(part.index.ids, count: segment.count)
      parts.append(part)
      first += segment.count
    }
    if let conflict = AttributeTable.conflict(among: parts.compactMap(\.index.attributeTable)) {
      throw FileError(
        .badData,
        path: folder,
        reason: "the attribute '\(conflict.name)' is \(conflict.first) in one segment and "
          + "\(conflict.second) in another",
        remedy: SegmentManifest.remedy
      )
    }
    try self.init(
      IndexSummary(
        backend: specification.backend.name,
        parameters: specification.parameters,
        metric: manifest.metric,
        count: 0,
        dimension: manifest.dimension,
        seed: manifest.seed,
        model: manifest.model
      ),
      ids.joined,
      folder,
      generation: manifest.generation,
      parts
    )
  }

  /// Opens a segment, and makes sure that it is the one that the manifest describes.
  private static func open(
    _ segment: SegmentManifest.Segment,
    of manifest: SegmentManifest,
    in folder: String
  ) throws -> any StoredIndex {
    let path = folder + "/" + segment.indexName
    let index = try openIndex(path)
    guard index.summary.count == segment.count, index.summary.dimension == manifest.dimension,
      index.summary.metric == manifest.metric,
      (index.ids.names != nil) == (manifest.usesNames ?? false)
    else {
      throw FileError(
        .badData,
        path: path,
        reason: "is not the segment that the manifest describes",
        remedy: SegmentManifest.remedy
      )
    }
    return index
  }

  private init(
    _ summary: IndexSummary,
    _ ids: VectorIDs,
    _ folder: String,
    generation: Int,
    _ parts: [SegmentPart]
  ) throws {
    self.folder = folder
    self.summary = summary.counting(parts.reduce(0) { $0 + $1.count })
    self.ids = ids
    self.generation = generation
    self.parts = parts
    segments = try SegmentSearch(parts)
  }

  /// The rows of all segments, deleted ones included: what a filter is of.
  package var rowCount: Int { parts.reduce(0) { $0 + $1.index.summary.count } }

  /// A view of the snapshot that finds matching rows only.
  package func filtered(by filter: RowFilter, _ plan: FilterPlan) throws -> any VectorIndex {
    let parts = try self.parts.map { part in
      let count = part.index.summary.count
      let rows = RowFilter(count: count) { filter[part.firstRow + $0] && part.live?[$0] ?? true }
      return try SegmentPart(
        part.segment,
        part.index,
        live: rows,
        plan,
        firstRow: part.firstRow,
        isLarge: part.takesParameters
      )
    }
    return try FilteredSegments(parts, of: self)
  }

  /// Whether a folder holds a segmented index.
  public static func exists(_ folder: String) -> Bool { SegmentManifest.exists(in: folder) }

  /// What the segments counted, added up.
  public var observations: [SearchObservation] { segments.observations }

  /// Searches all segments and joins what they find.
  public func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    try segments.nearestRows(
      to: queries,
      count: queries.count / summary.dimension,
      k: k,
      parameters: parameters,
      threads: threads
    )
  }
}

extension SegmentedIndex: AttributeHolder {
  /// The attributes of all rows, deleted ones included; joined when asked for.
  package var heldAttributes: AttributeTable? {
    AttributeTable(joining: parts.map { ($0.index.attributeTable, $0.index.summary.count) })
  }
}
