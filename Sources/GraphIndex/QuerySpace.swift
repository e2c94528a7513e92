internal import CKernels
internal import IntegerScan
internal import VectorCore

/// What the forms of a query are made with.
///
/// A class, passed along, with pointers into its parts at hand: as values, the parts would have their
/// references counted for every query, by all threads at once.
// @unchecked Sendable because the pointers are into parts that never change.
@safe
final class QuerySpace: @unchecked Sendable {
  /// The space of the codes.
  let space: ScanSpace
  /// What keeps the memory of the views.
  private let layout: NodeStore.Layout
  /// The axes that the codes are about, and what codes neighbors in fat rows.
  let axes: ProjectionView?
  let codebook: CodebookView?
  /// What one unit of a fat row's own codes stands for.
  let fatUnit: Float
  /// What queries are projected to, and by how many probes each: 2 where all their bits count.
  let projection: ProjectionView?
  let probes: Int
  /// Floats of a projected query.
  let room: Int

  /// Takes the parts of an index; `nil` where vectors are compared as they are.
  init?(_ space: ScanSpace?, _ layout: NodeStore.Layout) {
    guard let space else { return nil }
    self.space = space
    self.layout = layout
    unsafe axes = layout.axes?.view
    unsafe codebook = layout.codebook.map { unsafe CodebookView($0) }
    fatUnit = layout.fatUnit
    unsafe projection = (layout.axes ?? layout.codebook?.axes)?.view
    let each = layout.axes != nil ? 2 : 1
    probes = each
    room =
      (layout.axes ?? layout.codebook?.axes).map { $0.probeRoom * each }
      ?? layout.codebook?.room ?? 0
  }
}

/// A codebook as pointers, valid while it is.
@unsafe
struct CodebookView {
  let kernel: needle_fat_codebook
  /// Whether images are projected, or compared as they are.
  let hasAxes: Bool
  let dimension: Int
  let rowScale: Float
  private let typicalQueryScale: Float
  private let normalizesQueries: Bool

  init(_ codebook: NeighborCodebook) {
    unsafe kernel = codebook.kernel
    unsafe hasAxes = codebook.axes != nil
    unsafe dimension = codebook.dimension
    unsafe rowScale = codebook.rowScale
    unsafe typicalQueryScale = codebook.typicalQueryScale
    unsafe normalizesQueries = codebook.normalizesQueries
  }

  /// What an image of a query is multiplied with before it is compared.
  func queryScale(length: Float) -> Float {
    unsafe normalizesQueries && length > 1e-30 ? 1 / length : typicalQueryScale
  }

  /// Writes the products of a projected query with all centroids, as bytes; returns their scale.
  func fillTable(
    _ projected: UnsafePointer<Float>,
    _ table: UnsafeMutablePointer<UInt8>,
    _ bias: inout Float
  ) -> Float {
    var kernel = unsafe kernel
    let fill = unsafe needle_fat_kernels_for(needle_simd_level()).pointee.table
    return unsafe fill(projected, &kernel, table, &bias)
  }
}
