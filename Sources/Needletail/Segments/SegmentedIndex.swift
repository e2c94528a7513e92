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
  private let parts: [Part]

  /// One segment.
  private struct Part: Sendable {
    /// What the manifest says of it.
    let segment: SegmentManifest.Segment
    let index: any StoredIndex
    /// The rows that may be found; `nil` for all.
    let live: RowFilter?
    /// The index, or a view of those rows.
    let view: any VectorIndex
    let firstRow: UInt32
    /// Whether the segment takes the search parameters of the index.
    let takesParameters: Bool

    init(
      _ segment: SegmentManifest.Segment,
      _ index: any StoredIndex,
      live: RowFilter?,
      _ plan: FilterPlan = .auto,
      firstRow: UInt32,
      isLarge: Bool
    ) throws {
      self.segment = segment
      self.index = index
      self.live = live
      view = try live.map { try index.matching($0, plan: plan) } ?? index
      self.firstRow = firstRow
      takesParameters = isLarge
    }

    /// The same, from another row of the whole on.
    init(_ part: Part, firstRow: UInt32) {
      (segment, index, live, view) = (part.segment, part.index, part.live, part.view)
      takesParameters = part.takesParameters
      self.firstRow = firstRow
    }

    var count: Int { live?.matches ?? index.summary.count }
  }

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
    var parts: [Part] = []
    var ids = JoinedIDs(named: manifest.usesNames ?? false)
    var first = 0
    for segment in manifest.segments {
      let old = known[segment.number]
      let part: Part
      if let old, old.segment == segment {
        part = Part(old, firstRow: UInt32(first))
      } else {
        let index = try old?.index ?? Self.open(segment, of: manifest, in: folder)
        part = try Part(
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
    self.init(
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
    _ parts: [Part]
  ) {
    self.folder = folder
    self.summary = summary.counting(parts.reduce(0) { $0 + $1.count })
    self.ids = ids
    self.generation = generation
    self.parts = parts
  }

  /// The rows of all segments, deleted ones included: what a filter is of.
  package var rowCount: Int { parts.reduce(0) { $0 + $1.index.summary.count } }

  /// The same snapshot, of which only matching rows are found.
  package func filtered(by filter: RowFilter, _ plan: FilterPlan) throws -> any VectorIndex {
    let parts = try self.parts.map { part in
      let count = part.index.summary.count
      let rows = RowFilter(count: count) { filter[part.firstRow + $0] && part.live?[$0] ?? true }
      return try Part(
        part.segment,
        part.index,
        live: rows,
        plan,
        firstRow: part.firstRow,
        isLarge: part.takesParameters
      )
    }
    return SegmentedIndex(summary, ids, folder, generation: generation, parts)
  }

  /// Whether a folder holds a segmented index.
  public static func exists(_ folder: String) -> Bool { SegmentManifest.exists(in: folder) }

  /// What the segments counted, added up.
  public var observations: [SearchObservation] {
    var names: [String] = []
    var counts: [String: Int] = [:]
    for part in parts {
      for one in (part.view as? any ObservedIndex)?.observations ?? [] {
        if counts[one.name] == nil { names.append(one.name) }
        counts[one.name, default: 0] += one.count
      }
    }
    return names.map { SearchObservation($0, counts[$0] ?? 0) }
  }

  /// Searches all segments and joins what they find.
  public func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let queryCount = queries.count / summary.dimension
    guard k > 0 else { return NearestRows(queryCount: queryCount, k: 0) }
    let parts = parts.filter { $0.count > 0 }
    var found: [NearestRows] = []
    for part in parts {
      found.append(
        try part.view.nearestRows(
          to: queries,
          k: min(k, part.count),
          parameters: part.takesParameters ? parameters : [:],
          threads: threads
        )
      )
    }
    var joined = NearestRows(queryCount: queryCount, k: k)
    let firstRows = parts.map(\.firstRow)
    for query in 0..<queryCount { Self.join(found, firstRows, query, into: &joined) }
    return joined
  }

  /// Merges the sorted neighbors of a query: nearest first, ties by row.
  private static func join(
    _ found: [NearestRows],
    _ firstRows: [UInt32],
    _ query: Int,
    into joined: inout NearestRows
  ) {
    var places = [Int](repeating: 0, count: found.count)
    var rank = 0
    while rank < joined.k {
      var best: (part: Int, distance: Float)?
      for part in found.indices where places[part] < found[part].counts[query] {
        let distance = found[part].distances[query * found[part].k + places[part]]
        // Earlier parts have lower rows, and win ties.
        if best.map({ distance < $0.distance }) ?? true { best = (part, distance) }
      }
      guard let best else { break }
      let place = query * found[best.part].k + places[best.part]
      joined.rows[query * joined.k + rank] =
        found[best.part].rows[place] + firstRows[best.part]
      joined.distances[query * joined.k + rank] = best.distance
      places[best.part] += 1
      rank += 1
    }
    joined.counts[query] = rank
  }
}

extension SegmentedIndex: AttributeHolder {
  /// The attributes of all rows, deleted ones included; joined when asked for.
  package var heldAttributes: AttributeTable? {
    AttributeTable(joining: parts.map { ($0.index.attributeTable, $0.index.summary.count) })
  }
}

/// Ids of segments that follow one another; those of deleted rows may come again.
struct JoinedIDs {
  private let isNamed: Bool
  private var parts: [(ids: VectorIDs, count: Int)] = []

  init(named: Bool) { isNamed = named }

  mutating func append(_ ids: VectorIDs, count: Int) { parts.append((ids, count)) }

  /// The ids of all rows.
  ///
  /// - Complexity: O(bytes of the ids); O(1) for one segment.
  var joined: VectorIDs {
    if parts.count == 1, parts[0].ids.names != nil || !isNamed { return parts[0].ids }
    guard isNamed else {
      return VectorIDs(
        unchecked: parts.flatMap { part in
          part.ids.explicit ?? (0..<UInt64(part.count)).map { $0 }
        }
      )
    }
    var offsets: [UInt64] = [0]
    var bytes: [UInt8] = []
    for names in parts.compactMap(\.ids.names) {
      let base = UInt64(bytes.count)
      unsafe names.offsets.withUnsafeBufferPointer { part in
        unsafe offsets.append(contentsOf: part.dropFirst().lazy.map { base + $0 })
      }
      unsafe names.bytes.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
    let names = VectorNames(offsets: SharedArray(offsets), bytes: SharedArray(bytes))
    guard let names else { preconditionFailure("offsets that were just counted") }
    return VectorIDs(names: names)
  }
}
