package import IndexStore
internal import VectorCore

/// The sections of a graph's file:
///
/// | section | elements |
/// | --- | --- |
/// | `vectors` | f32 `[count, stride]`, rows padded with zeros to 16 floats |
/// | `links0` | u32 `[count, 2·M]`, unused places `0xFFFFFFFF` |
/// | `rows1`, `rows2`, … | u32 `[nodes]`, the rows of each higher layer, ascending |
/// | `links1`, `links2`, … | u32 `[nodes, M]`, positions in the layer |
///
/// with the attributes `layers` and `entry`, a node of the top layer.
extension HNSWIndex {
  package func store(in writer: inout IndexFileWriter) throws {
    writer.attributes["layers"] = graph.layers.count
    writer.attributes["entry"] = Int(graph.entry)
    try writer.write("vectors", vectors.values)
    for (level, layer) in graph.layers.enumerated() {
      if let rows = layer.rows { try writer.write("rows\(level)", rows) }
      try writer.write("links\(level)", layer.links)
    }
  }

  init(_ file: IndexFile) throws {
    let summary = file.summary
    guard
      let resolved = try? summary.parameters.resolved(
        against: HNSWParameters.descriptions,
        owner: HNSWBackend.name
      )
    else {
      throw file.corrupt(
        section: "metadata",
        place: nil,
        reason: "'\(summary.parameters)' are no parameters of \(HNSWBackend.name)"
      )
    }
    let degree = HNSWParameters(resolved).M
    let layerCount = file.attributes["layers"] ?? 0
    guard (1...LayerAssignment.mostLayers).contains(layerCount) else {
      throw file.corrupt(
        section: "metadata",
        place: nil,
        reason: "\(layerCount) layers; a graph has 1 to \(LayerAssignment.mostLayers)"
      )
    }
    var layers: [GraphLayer] = []
    for level in 0..<layerCount {
      layers.append(try Self.layer(level, of: file, degree: degree, below: layers.last))
    }
    let entry = file.attributes["entry"] ?? 0
    guard let top = layers.last, (0..<top.count).contains(entry) else {
      throw file.corrupt(
        section: "metadata",
        place: nil,
        reason: "the entry point \(entry) is no node of the top layer"
      )
    }
    let stride = VectorRows.stride(dimension: summary.dimension)
    self.init(
      summary: summary,
      ids: file.ids,
      vectors: VectorRows(
        try file.array("vectors", of: Float.self, count: summary.count * stride),
        count: summary.count,
        dimension: summary.dimension
      ),
      graph: HNSWGraph(layers: layers, entry: UInt32(entry)),
      file: file
    )
  }

  private static func layer(
    _ level: Int,
    of file: IndexFile,
    degree: Int,
    below: GraphLayer?
  ) throws -> GraphLayer {
    guard let below else {
      let count = file.summary.count
      let links = try file.array("links0", of: UInt32.self, count: count * 2 * degree)
      return GraphLayer(rows: nil, links: links, count: count, degree: 2 * degree)
    }
    let count = try file.elementCount("rows\(level)", of: UInt32.self)
    let rows = try file.array("rows\(level)", of: UInt32.self, count: count)
    guard isLayer(rows, above: below) else {
      throw file.corrupt(
        section: "rows\(level)",
        place: nil,
        reason: "the rows are not ascending rows of the layer below"
      )
    }
    let links = try file.array("links\(level)", of: UInt32.self, count: count * degree)
    return GraphLayer(rows: rows, links: links, count: count, degree: degree)
  }

  /// Whether `rows` are ascending, not empty, and all in the layer below.
  private static func isLayer(_ rows: SharedArray<UInt32>, above below: GraphLayer) -> Bool {
    var place = 0
    for index in 0..<rows.count {
      let row = rows[index]
      if let lower = below.rows {
        while place < lower.count && lower[place] < row { place += 1 }
        guard place < lower.count && lower[place] == row else { return false }
        place += 1
      } else {
        guard row < UInt32(below.count), index == 0 || rows[index - 1] < row else { return false }
      }
    }
    return rows.count > 0
  }

  /// The error for a link that leads out of its layer.
  func corrupt(_ bad: BadLink) -> any Error {
    guard let file else { preconditionFailure("a graph just built links to \(bad.link)") }
    return file.corrupt(
      section: "links",
      place: "node \(bad.node)",
      reason: "links to \(bad.link), which is no node of the layer"
    )
  }
}
