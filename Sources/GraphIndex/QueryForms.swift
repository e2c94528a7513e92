internal import CKernels
internal import IntegerScan
internal import VectorCore

/// One query in the forms that a walk asks for; reused, so that a search allocates nothing.
@safe
struct QueryForms: ~Copyable {
  private let space: ScanSpace?
  private let dimension: Int
  private let width: Int
  private let codebook: NeighborCodebook?
  private let values: UnsafeMutablePointer<Float>
  private let image: UnsafeMutablePointer<Float>
  private let projected: UnsafeMutablePointer<Float>
  private let high: UnsafeMutablePointer<Int8>
  private let low: UnsafeMutablePointer<Int8>
  private let table: UnsafeMutablePointer<UInt8>
  /// What one unit of the query's codes stands for.
  private(set) var unit: Float = 1
  /// Σ (128 · high + low).
  private(set) var codeSum: Int = 0
  /// What all distances have in common, see ``ScanSpace``.
  private(set) var common: Float = 0
  private var highSum: Int32 = 0
  private var lowSum: Int32 = 0
  private var fat: needle_fat_query?

  /// Makes room for queries of `dimension`, coded where there is a space, to `width` bytes.
  init(dimension: Int, space: ScanSpace?, width: Int, codebook: NeighborCodebook?) {
    self.space = space
    self.dimension = dimension
    self.width = width
    self.codebook = codebook
    let line = 64
    let padded = (dimension + line - 1) / line * line
    unsafe values = .allocate(capacity: padded)
    unsafe values.initialize(repeating: 0, count: padded)
    unsafe image = .allocate(capacity: max(width, 1))
    unsafe image.initialize(repeating: 0, count: max(width, 1))
    unsafe projected = .allocate(capacity: (codebook?.dimension ?? 0) + 4)
    unsafe high = UnsafeMutableRawPointer.allocate(byteCount: max(width, 64), alignment: 64)
      .assumingMemoryBound(to: Int8.self)
    unsafe low = UnsafeMutableRawPointer.allocate(byteCount: max(width, 64), alignment: 64)
      .assumingMemoryBound(to: Int8.self)
    unsafe table = UnsafeMutableRawPointer.allocate(
      byteCount: 16 * max(codebook?.groups ?? 0, 4),
      alignment: 64
    ).assumingMemoryBound(to: UInt8.self)
  }

  deinit {
    unsafe values.deallocate()
    unsafe image.deallocate()
    unsafe projected.deallocate()
    unsafe high.deallocate()
    unsafe low.deallocate()
    unsafe table.deallocate()
  }

  /// Takes a query, `[dimension]`.
  mutating func load(_ query: UnsafePointer<Float>, fatUnit: Float) {
    unsafe values.update(from: query, count: dimension)
    guard let space else { return }
    let length = unsafe space.place(query: query, into: image)
    let encode = unsafe needle_code_encoders_for(needle_simd_level()).pointee.query
    unit = unsafe encode(image, space.dimension, width, high, low)
    (highSum, lowSum) = (0, 0)
    for column in 0..<width {
      unsafe highSum &+= Int32(high[column])
      unsafe lowSum &+= Int32(low[column])
    }
    codeSum = 128 * Int(highSum) + Int(lowSum)
    common = unsafe space.commonDistance(of: query)
    guard let codebook else { return }
    loadTable(codebook, length: length, unit: fatUnit)
  }

  private mutating func loadTable(_ codebook: NeighborCodebook, length: Float, unit rowUnit: Float) {
    let scale = codebook.queryScale(length: length)
    unsafe codebook.project(image, high: high, unit: unit, scale: scale, into: projected)
    var bias: Float = 0
    let tableScale = unsafe codebook.fillTable(projected, table, &bias)
    unsafe fat = needle_fat_query(
      own: needle_wide_query(high: high, low: low),
      high_offset: -128 &* highSum,
      low_offset: -128 &* lowSum,
      own_scale: unit * rowUnit * scale * codebook.rowScale,
      table: table,
      table_scale: tableScale,
      table_bias: bias
    )
  }

  /// The query, valid until the next is loaded.
  var walked: WalkQuery {
    unsafe WalkQuery(
      values: values,
      wide: needle_wide_query(high: high, low: low),
      highOffset: 128 &* highSum,
      fat: fat
    )
  }
}
