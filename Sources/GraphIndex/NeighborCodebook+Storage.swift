internal import CKernels
internal import IndexStore
internal import IntegerScan
internal import VectorCore

/// A codebook in a file: `group-ends` u32 `[groups]`, `centroids` f32 `[dimension, 16]`, and where images
/// are projected `axes` u8 `[dimension, width]` and `axis-units` f32 `[dimension]`, with the attributes
/// `row-scale` and `query-scale`, bits of f32.
extension NeighborCodebook {
  func store(in writer: inout IndexFileWriter) throws {
    writer.attributes["row-scale"] = Int(rowScale.bitPattern)
    writer.attributes["query-scale"] = Int(typicalQueryScale.bitPattern)
    try writer.write("group-ends", ends)
    try writer.write("centroids", centroids)
    try axes?.store(in: &writer)
  }

  init(_ file: IndexFile, space: ScanSpace, hasAxes: Bool) throws {
    let groups = try file.elementCount("group-ends", of: UInt32.self)
    let ends = try file.array("group-ends", of: UInt32.self, count: groups)
    let values = try file.elementCount("centroids", of: Float.self)
    let dimension = values / 16
    let ascends = (1..<max(groups, 1)).allSatisfy { ends[$0 - 1] <= ends[$0] }
    guard (4...Self.mostGroups).contains(groups), groups.isMultiple(of: 4), ascends,
      Int(ends[groups - 1]) == dimension, values.isMultiple(of: 16), dimension <= space.dimension
    else {
      throw file.corrupt(section: "group-ends", reason: "the groups do not cover the centroids")
    }
    let centroids = try file.array("centroids", of: Float.self, count: values)
    guard (0..<values).allSatisfy({ centroids[$0].isFinite }) else {
      throw file.corrupt(section: "centroids", reason: "a value is not finite")
    }
    // Axes are as many as the dimensions of the centroids.
    let axisCount = hasAxes ? try file.attribute("axes", in: 1...space.dimension) : space.dimension
    guard axisCount == dimension else {
      throw file.corrupt(
        section: "centroids",
        reason: "\(axisCount) axes for \(dimension) dimensions"
      )
    }
    self.init(
      groups: groups,
      ends: ends,
      centroids: centroids,
      axes: hasAxes ? try Projection(file, space: space) : nil,
      rowScale: try file.number("row-scale"),
      typicalQueryScale: try file.number("query-scale"),
      normalizesQueries: space.metric != .squaredL2
    )
  }
}

/// Axes in a file: `axes` u8, panels of codes, and `axis-units` f32, filled up to whole panels, with the
/// attribute `axes`, their number.
extension Projection {
  func store(in writer: inout IndexFileWriter) throws {
    writer.attributes["axes"] = count
    try writer.write("axes", axes.codes)
    try writer.write("axis-units", axes.units)
  }

  init(_ file: IndexFile, space: ScanSpace) throws {
    let count = try file.attribute("axes", in: 1...space.dimension)
    let panels = CodePanels.panelCount(count)
    let units = try file.array("axis-units", of: Float.self, count: panels * CodePanels.lanes)
    guard (0..<units.count).allSatisfy({ units[$0].isFinite }) else {
      throw file.corrupt(section: "axis-units", reason: "a unit is not finite")
    }
    let bytes = panels * CodePanels.panelBytes(dimension: space.dimension)
    self.init(
      Centroids(
        count: count,
        dimension: space.dimension,
        codes: try file.array("axes", of: UInt8.self, count: bytes),
        units: units
      )
    )
  }
}

/// The bytes of a fat row.
func fatRowBytes(width: Int, groups: Int, degree: Int) -> Int {
  Int(needle_fat_row_bytes(FatRows.shape(width: width, groups: groups, degree: degree)))
}
