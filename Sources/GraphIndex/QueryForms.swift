internal import CKernels
internal import IntegerScan
internal import VectorCore

/// What the forms of a query are made with.
///
/// A class, passed along: as a value, or kept with the forms, its parts would have their references
/// counted for every query, by all threads at once.
final class QuerySpace: Sendable {
  /// The space of the codes.
  let space: ScanSpace
  /// The axes that the codes are about, and what codes neighbors in fat rows.
  let axes: Projection?
  let codebook: NeighborCodebook?
  /// What one unit of a fat row's own codes stands for.
  let fatUnit: Float

  /// Takes the parts of an index; `nil` where vectors are compared as they are.
  init?(_ space: ScanSpace?, _ layout: NodeStore.Layout) {
    guard let space else { return nil }
    self.space = space
    axes = layout.axes
    codebook = layout.codebook
    fatUnit = layout.fatUnit
  }
}

/// One query in the forms that a walk asks for; reused, so that a search allocates nothing.
@safe
struct QueryForms: ~Copyable {
  private let dimension: Int
  private let hasAxes: Bool
  private let values: UnsafeMutablePointer<Float>
  private let image: UnsafeMutablePointer<Float>
  private let projected: UnsafeMutablePointer<Float>
  private let table: UnsafeMutablePointer<UInt8>
  /// The query in the space, and along the axes that the codes are about.
  private(set) var whole: CodedQuery
  private(set) var along: CodedQuery
  /// What all distances have in common, see ``ScanSpace``.
  private(set) var common: Float = 0
  private var fat: needle_fat_query?

  /// Whether the vector itself is compared with others, by a walk or a ranking.
  private let comparesValues: Bool

  /// Makes room for queries of an index.
  init(dimension: Int, space: ScanSpace?, store: NodeStore) {
    let layout = store.layout
    comparesValues = space == nil || store.rerank.kind == .half || store.rerank.kind == .float
    self.dimension = dimension
    let (axes, codebook) = (layout.axes, layout.codebook)
    hasAxes = axes != nil
    let line = 64
    let padded = (dimension + line - 1) / line * line
    let spaceDimension = space?.dimension ?? 0
    let most = max(axes?.room ?? 0, codebook?.room ?? 0)
    unsafe values = .allocate(capacity: padded)
    unsafe values.initialize(repeating: 0, count: padded)
    unsafe image = .allocate(capacity: spaceDimension + 1)
    unsafe projected = .allocate(capacity: most + 4)
    unsafe table = UnsafeMutableRawPointer.allocate(
      byteCount: 16 * max(codebook?.groups ?? 0, 4),
      alignment: 64
    ).assumingMemoryBound(to: UInt8.self)
    let whole = (spaceDimension + 127) / 128 * 128
    self.whole = CodedQuery(width: space == nil ? 0 : whole)
    along = CodedQuery(width: ((axes?.count ?? 0) + 127) / 128 * 128)
  }

  deinit {
    unsafe values.deallocate()
    unsafe image.deallocate()
    unsafe projected.deallocate()
    unsafe table.deallocate()
  }

  /// Takes a query, `[dimension]`; `source` is of the same index at all times.
  mutating func load(_ query: UnsafePointer<Float>, _ source: QuerySpace?) {
    if comparesValues { unsafe values.update(from: query, count: dimension) }
    guard let source else { return }
    let length = unsafe source.space.place(query: query, into: image)
    unsafe whole.load(image, count: source.space.dimension)
    common = unsafe source.space.commonDistance(of: query)
    if let axes = source.axes {
      unsafe axes.project(whole, exactly: true, into: projected)
      unsafe along.load(projected, count: axes.count)
    }
    if let codebook = source.codebook {
      loadTable(codebook, length: length, unit: source.fatUnit)
    }
  }

  private mutating func loadTable(_ codebook: NeighborCodebook, length: Float, unit rowUnit: Float)
  {
    let scale = codebook.queryScale(length: length)
    unsafe codebook.project(image, whole, scale: scale, into: projected)
    var bias: Float = 0
    let tableScale = unsafe codebook.fillTable(projected, table, &bias)
    unsafe fat = needle_fat_query(
      own: whole.wide,
      high_sum: whole.highSum,
      low_sum: whole.lowSum,
      own_scale: whole.unit * rowUnit * scale * codebook.rowScale,
      table: table,
      table_scale: tableScale,
      table_bias: bias
    )
  }

  /// The query, valid until the next is loaded.
  var walked: WalkQuery {
    unsafe WalkQuery(
      values: values,
      wide: hasAxes ? along.wide : whole.wide,
      highOffset: 128 &* (hasAxes ? along.highSum : whole.highSum),
      fat: fat
    )
  }
}
