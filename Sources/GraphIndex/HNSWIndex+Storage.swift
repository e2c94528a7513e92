package import IndexStore
internal import IntegerScan
internal import VectorCore

/// The sections of a graph's file:
///
/// | section | elements |
/// | --- | --- |
/// | `rows` | u32 `[count]`, rows in the order of the nodes, copies behind the first of a vector |
/// | `node-starts` | u32 `[nodes + 1]`, where a node's rows begin; only where there are copies |
/// | `entries` | u32, nodes at which walks begin, group by group |
/// | `entry-starts` | u32 `[groups + 1]`, where their groups begin |
/// | `links` | u32 `[nodes, 2·M]`, unused places `0xFFFFFFFF`; slim layouts |
/// | `codes` | u8 `[nodes, stride]`; slim layouts of codes |
/// | `vectors` | f32 or f16 `[nodes, stride]`; `codec=f32` and `codec=f16` |
/// | `fat-rows` | u8 `[nodes, row]`, see `needle_fat.h`; fat layouts, with a codebook's sections |
/// | `rerank` | f32, f16 or u8 `[nodes, row]`; unless `rerank=none` |
/// | `mean` | f32 `[dimension]`, the space of codes; with codes |
///
/// with the attributes `nodes`, `code-unit` and `rest-unit`, bits of f32, and those of the space.
extension HNSWIndex {
  package func store(in writer: inout IndexFileWriter) throws {
    writer.attributes["nodes"] = nodes.count
    try space?.store(in: &writer)
    try writer.write("rows", nodes.rows)
    if let starts = nodes.starts { try writer.write("node-starts", starts) }
    try writer.write("entries", store.entries.nodes)
    try writer.write("entry-starts", store.entries.starts)
    switch store.layout {
    case .codes(let links, let codes, let axes):
      writer.attributes["code-unit"] = Int(codes.unit.bitPattern)
      try writer.write("links", links.links)
      try writer.write("codes", codes.codes)
      try axes?.store(in: &writer)
    case .floats(let links, let rows):
      try writer.write("links", links.links)
      try writer.write("vectors", rows.bytes)
    case .fat(let rows):
      writer.attributes["code-unit"] = Int(rows.unit.bitPattern)
      try rows.codebook.store(in: &writer)
      try writer.write("fat-rows", rows.rows)
    }
    if store.rerank.kind != .none {
      writer.attributes["rest-unit"] = Int(store.rerank.restUnit.bitPattern)
      try writer.write("rerank", store.rerank.bytes)
    }
  }

  convenience init(_ file: IndexFile) throws {
    let summary = file.summary
    guard
      let resolved = try? summary.parameters.resolved(
        against: HNSWParameters.descriptions,
        owner: HNSWBackend.name
      ), let shape = StoredShape(HNSWParameters(resolved))
    else {
      throw file.corrupt(
        section: "metadata",
        reason: "'\(summary.parameters)' are no parameters of an \(HNSWBackend.name) index"
      )
    }
    let space = shape.codec.isFloat ? nil : try ScanSpace(file)
    let nodes = try GraphNodes(file)
    self.init(
      summary: summary,
      ids: file.ids,
      nodes: nodes,
      space: space,
      store: try NodeStore(file, shape, nodes: nodes.count, space: space),
      file: file
    )
  }
}

/// The parameters that say how an index lies in its file; none of them is left open there.
struct StoredShape {
  let codec: HNSWParameters.Codec
  let layout: HNSWParameters.Layout
  let rerank: Rerank.Kind
  let degree: Int

  init?(_ parameters: HNSWParameters) {
    // swift-format-ignore: AlwaysUseLowerCamelCase
    guard let M = parameters.M, let codec = parameters.codec, let layout = parameters.layout,
      let rerank = parameters.rerank, GraphPlan.fits(codec, layout, rerank)
    else { return nil }
    guard layout == .slim || M.isMultiple(of: 16) else { return nil }
    (self.codec, self.layout, self.rerank) = (codec, layout, rerank)
    degree = 2 * M
  }
}

extension GraphNodes {
  /// Reads the rows of the nodes.
  init(_ file: IndexFile) throws {
    let count = file.summary.count
    let nodes = try file.attribute("nodes", in: 1...count)
    let rows = try file.array("rows", of: UInt32.self, count: count)
    if let place = (0..<count).first(where: { Int(rows[$0]) >= count }) {
      throw file.corrupt(
        section: "rows",
        place: "entry \(place)",
        reason: "row \(rows[place]) of \(count)"
      )
    }
    guard nodes < count else {
      self.init(rows: rows, starts: nil)
      return
    }
    let starts = try file.array("node-starts", of: UInt32.self, count: nodes + 1)
    let ascends = (0..<nodes).allSatisfy { starts[$0] < starts[$0 + 1] }
    guard ascends, starts[0] == 0, Int(starts[nodes]) == count else {
      throw file.corrupt(
        section: "node-starts",
        reason: "the rows of nodes do not follow each other"
      )
    }
    self.init(rows: rows, starts: starts)
  }
}

extension EntryPoints {
  /// Reads the entry points of a graph of `count` nodes.
  init(_ file: IndexFile, nodes count: Int) throws {
    let entryCount = try file.elementCount("entries", of: UInt32.self)
    let nodes = try file.array("entries", of: UInt32.self, count: entryCount)
    guard (0..<entryCount).allSatisfy({ Int(nodes[$0]) < count }) else {
      throw file.corrupt(section: "entries", reason: "an entry point is no node")
    }
    let startCount = try file.elementCount("entry-starts", of: UInt32.self)
    let starts = try file.array("entry-starts", of: UInt32.self, count: startCount)
    guard startCount > 1, starts[0] == 0, Int(starts[startCount - 1]) == entryCount,
      (1..<startCount).allSatisfy({ starts[$0 - 1] < starts[$0] })
    else {
      throw file.corrupt(section: "entry-starts", reason: "the groups do not cover the entries")
    }
    self.init(nodes: nodes, starts: starts)
  }
}

extension NodeStore {
  init(_ file: IndexFile, _ shape: StoredShape, nodes: Int, space: ScanSpace?) throws {
    let dimension = file.summary.dimension
    let degree = shape.degree
    let entries = try EntryPoints(file, nodes: nodes)
    func links() throws -> GraphLinks {
      let links = try file.array("links", of: UInt32.self, count: nodes * degree)
      return GraphLinks(links: links, count: nodes, degree: degree, entries: entries)
    }
    let width: Int
    let layout: Layout
    if let space, let kind = CodedRows.Kind(shape) {
      let axes = shape.codec == .lean ? try Projection(file, space: space) : nil
      width = CodedRows.Kind.bytes.width(dimension: space.dimension)
      let unit = try file.number("code-unit")
      if shape.layout == .fat {
        let codebook = try NeighborCodebook(
          file,
          space: space,
          hasAxes: shape.codec == .products
        )
        let row = fatRowBytes(width: width, groups: codebook.groups, degree: degree)
        layout = .fat(
          FatRows(
            count: nodes,
            degree: degree,
            width: width,
            codebook: codebook,
            unit: unit,
            rows: try file.array("fat-rows", of: UInt8.self, count: nodes * row),
            entries: entries
          )
        )
      } else {
        let coded = axes?.count ?? space.dimension
        let stride = kind.stride(dimension: coded)
        let codes = try file.array("codes", of: UInt8.self, count: nodes * stride)
        layout = .codes(
          try links(),
          CodedRows(kind: kind, count: nodes, dimension: coded, unit: unit, codes: codes),
          along: axes
        )
      }
    } else {
      width = 0
      let isHalf = shape.codec == .half
      let stride = FloatRows.stride(dimension: dimension, isHalf: isHalf)
      let bytes = nodes * stride * (isHalf ? 2 : 4)
      layout = .floats(
        try links(),
        FloatRows(
          isHalf: isHalf,
          stride: stride,
          bytes: try file.array("vectors", of: UInt8.self, count: bytes)
        )
      )
    }
    let rowBytes = shape.rerank.rowBytes(dimension: dimension, width: width)
    let rerank = Rerank(
      kind: shape.rerank,
      rowBytes: rowBytes,
      bytes: rowBytes > 0
        ? try file.array("rerank", of: UInt8.self, count: nodes * rowBytes) : SharedArray([]),
      restUnit: rowBytes > 0 ? try file.number("rest-unit") : 1
    )
    self.init(layout: layout, rerank: rerank)
  }
}

extension CodedRows.Kind {
  /// The codes of a shape that has some; the own codes of a fat row are bytes.
  init?(_ shape: StoredShape) {
    switch (shape.layout, shape.codec) {
    case (_, .float), (_, .half): return nil
    case (.fat, _), (_, .bytes): self = .bytes
    case (_, .nibbles), (_, .lean): self = .nibbles
    case (_, .bits): self = .bits
    case (_, .products): return nil
    }
  }
}

extension IndexFile {
  /// A finite number, not negative, kept as bits.
  func number(_ name: String) throws -> Float {
    let bits = try attribute(name, in: 0...Int(UInt32.max))
    let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    guard value.isFinite, value >= 0 else {
      throw corrupt(section: "metadata", reason: "\(name) \(value) makes no sense")
    }
    return value
  }
}
