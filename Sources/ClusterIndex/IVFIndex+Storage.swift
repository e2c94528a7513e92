internal import IndexStore
internal import IntegerScan
internal import VectorCore

/// The sections of the file:
///
/// | section | elements |
/// | --- | --- |
/// | `mean` | f32 `[dimension]` |
/// | `center-codes` | u8, panels of centers in the scan's space |
/// | `center-units` | f32 `[nlist]`, filled up to whole panels with zeros |
/// | `list-sizes` | u32 `[nlist]` |
/// | `list-units`, `list-spreads` | f32 `[nlist]` |
/// | `rows` | u32 `[count]`, row numbers in the order of the lists |
/// | `codes` | u8, panels of residuals, each list in panels of its own |
/// | `rerank` | f16, f32 or s8 `[count, stride]`, in the order of the lists |
///
/// with the attributes `norm-mean` and `norm-weight`, bits of f32.
extension IVFIndex {
  func store(in writer: inout IndexFileWriter) throws {
    let sizes = zip(lists.starts, lists.starts.dropFirst()).map { UInt32($1 - $0) }
    try space.store(in: &writer)
    try writer.write("center-codes", lists.centroids.codes)
    try writer.write("center-units", lists.centroids.units)
    try writer.write("list-sizes", SharedArray(sizes))
    try writer.write("list-units", lists.units)
    try writer.write("list-spreads", lists.spreads)
    try writer.write("rows", lists.rows)
    try writer.write("codes", lists.codes)
    try writer.write("rerank", rerank.bytes)
  }

  init(_ file: IndexFile) throws {
    let summary = file.summary
    guard
      let resolved = try? summary.parameters.resolved(
        against: IVFParameters.descriptions,
        owner: IVFBackend.name
      ),
      let kind = RerankRows.Kind(rawValue: resolved.text("rerank")),
      (1...summary.count).contains(resolved.integer("nlist"))
    else {
      throw file.corrupt(
        section: "metadata",
        place: nil,
        reason: "'\(summary.parameters)' are no parameters of an \(IVFBackend.name) index"
      )
    }
    let space = try ScanSpace(file)
    let bytes = RerankRows.byteCount(kind, count: summary.count, space: space)
    self.init(
      summary: summary,
      ids: file.ids,
      space: space,
      lists: try Self.lists(of: file, nlist: resolved.integer("nlist"), space: space),
      rerank: RerankRows(
        kind: kind,
        space: space,
        bytes: try file.array("rerank", of: UInt8.self, count: bytes)
      )
    )
  }

  private static func lists(
    of file: IndexFile,
    nlist: Int,
    space: ScanSpace
  ) throws -> InvertedLists {
    let count = file.summary.count
    let panelBytes = CodePanels.panelBytes(dimension: space.dimension)
    let centerPanels = CodePanels.panelCount(nlist)
    let lanes = centerPanels * CodePanels.lanes
    let sizes = try file.array("list-sizes", of: UInt32.self, count: nlist)
    let lengths = (0..<nlist).map { Int(sizes[$0]) }
    guard lengths.reduce(0, +) == count else {
      throw file.corrupt(
        section: "list-sizes",
        place: nil,
        reason: "the lists hold \(lengths.reduce(0, +)) vectors, the index \(count)"
      )
    }
    let rows = try file.array("rows", of: UInt32.self, count: count)
    if let place = (0..<count).first(where: { Int(rows[$0]) >= count }) {
      throw file.corrupt(
        section: "rows",
        place: "entry \(place)",
        reason: "row \(rows[place]) of \(count)"
      )
    }
    let panels = lengths.reduce(0) { $0 + CodePanels.panelCount($1) }
    let centerUnits = try values("center-units", of: file, count: lanes, allows: isUnit)
    return InvertedLists(
      centroids: Centroids(
        count: nlist,
        dimension: space.dimension,
        codes: try file.array("center-codes", of: UInt8.self, count: centerPanels * panelBytes),
        units: SharedArray(centerUnits)
      ),
      sizes: lengths,
      rows: rows,
      codes: try file.array("codes", of: UInt8.self, count: panels * panelBytes),
      units: SharedArray(
        try values("list-units", of: file, count: nlist) { isUnit($0) && $0 > 0 }
      ),
      spreads: SharedArray(try values("list-spreads", of: file, count: nlist, allows: isUnit))
    )
  }

  private static func isUnit(_ value: Float) -> Bool { value.isFinite && value >= 0 }

  /// A small section of numbers, each checked.
  private static func values(
    _ section: String,
    of file: IndexFile,
    count: Int,
    allows: (Float) -> Bool
  ) throws -> [Float] {
    let array = try file.array(section, of: Float.self, count: count)
    let values = (0..<count).map { array[$0] }
    if let place = values.firstIndex(where: { !allows($0) }) {
      throw file.corrupt(
        section: section,
        place: "entry \(place)",
        reason: "\(values[place]) makes no sense here"
      )
    }
    return values
  }
}
