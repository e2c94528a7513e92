internal import CKernels
internal import IntegerScan
internal import VectorCore

/// One query in the forms that a walk asks for; reused, so that a search allocates nothing.
@safe
struct QueryForms: ~Copyable {
  private let dimension: Int
  private let hasAxes: Bool
  private let values: UnsafeMutablePointer<Float>
  private let image: UnsafeMutablePointer<Float>
  private let table: UnsafeMutablePointer<UInt8>
  /// The query in the space, and along the axes that the codes are about.
  private(set) var whole: CodedQuery
  private(set) var along: CodedQuery
  /// What all distances have in common, see ``ScanSpace``.
  private(set) var common: Float = 0
  /// What its projection is multiplied with.
  private(set) var scale: Float = 1
  private var fat: needle_fat_query?
  /// What scores of fat rows' own codes are multiplied with to be products with the query; `nil` without
  /// such rows, or where that is no number.
  private(set) var ownUnit: Float?

  /// Whether the vector itself is compared with others, by a walk or a ranking.
  private let comparesValues: Bool

  /// Makes room for queries of an index.
  init(_ index: HNSWIndex) {
    let (dimension, space, store) = (index.summary.dimension, index.space, index.store)
    let layout = store.layout
    comparesValues = space == nil || store.rerank.kind == .half || store.rerank.kind == .float
    self.dimension = dimension
    let (axes, codebook) = (layout.axes, layout.codebook)
    hasAxes = axes != nil
    let line = 64
    let padded = (dimension + line - 1) / line * line
    let spaceDimension = space?.dimension ?? 0
    unsafe values = .allocate(capacity: padded)
    unsafe values.initialize(repeating: 0, count: padded)
    unsafe image = .allocate(capacity: spaceDimension + 1)
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
    unsafe table.deallocate()
  }

  /// Takes a query of several, `[n, dimension]`; `source` is of the same index at all times.
  mutating func begin(_ queries: UnsafePointer<Float>, _ number: Int, _ source: QuerySpace?) {
    let query = unsafe queries + number * dimension
    if comparesValues { unsafe values.update(from: query, count: dimension) }
    guard let source else { return }
    let length = unsafe source.space.place(query: query, into: image)
    unsafe whole.load(image, count: source.space.dimension)
    common = unsafe source.space.commonDistance(of: query)
    scale = unsafe source.codebook?.queryScale(length: length) ?? 1
  }

  /// Goes on with what the query was projected to, if it is: room for `source.room`.
  mutating func finish(_ projected: UnsafeMutablePointer<Float>, _ source: QuerySpace) {
    if let axes = unsafe source.axes {
      unsafe axes.join(projected)
      unsafe along.load(projected, count: axes.count)
    }
    if let codebook = unsafe source.codebook {
      if unsafe !codebook.hasAxes {
        for column in unsafe 0..<codebook.dimension {
          unsafe projected[column] = image[column] * scale
        }
      }
      unsafe loadTable(codebook, projected, unit: source.fatUnit)
    }
  }

  private mutating func loadTable(
    _ codebook: CodebookView,
    _ projected: UnsafePointer<Float>,
    unit rowUnit: Float
  ) {
    var bias: Float = 0
    let tableScale = unsafe codebook.fillTable(projected, table, &bias)
    let ownScale = unsafe scale * codebook.rowScale
    ownUnit = (1 / ownScale).isFinite ? 1 / ownScale : nil
    unsafe fat = needle_fat_query(
      own: whole.wide,
      high_sum: whole.highSum,
      low_sum: whole.lowSum,
      own_scale: whole.unit * rowUnit * ownScale,
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
