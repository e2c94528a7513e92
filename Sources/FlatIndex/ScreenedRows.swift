internal import CKernels
package import IndexStore
package import IntegerScan
internal import Synchronization
package import VectorCore

/// Vectors with 8-bit codes beside them, and how far a code may be from its vector.
///
/// Rows go in blocks that share a unit and bounds, all of which round up:
///
/// - `lengths`: the largest |Y|, where Y is a row's exact image in the scan's space,
/// - `errors`: the largest |Y − code's value|,
/// - `norms`: the largest |x| of the rows themselves.
package struct ScreenedRows: Sendable {
  package let space: ScanSpace
  package let count: Int
  /// The rows as they are, `[count, dimension]`.
  package let values: SharedArray<Float>
  /// Codes in panels.
  package let codes: SharedArray<UInt8>
  /// One of each for every block.
  package let units: SharedArray<Float>
  package let lengths: SharedArray<Float>
  package let errors: SharedArray<Float>
  package let norms: SharedArray<Float>

  /// Rows in a block: enough that a query's part in one costs little beside the product.
  package static let block = 1024

  /// The number of blocks that hold `count` rows.
  static func blockCount(_ count: Int) -> Int { (count + block - 1) / block }

  /// The rows of a block.
  package func rows(of block: Int) -> Range<Int> {
    block * Self.block..<min((block + 1) * Self.block, count)
  }

  /// Takes stored parts.
  init(
    space: ScanSpace,
    count: Int,
    values: SharedArray<Float>,
    codes: SharedArray<UInt8>,
    units: SharedArray<Float>,
    lengths: SharedArray<Float>,
    errors: SharedArray<Float>,
    norms: SharedArray<Float>
  ) {
    self.space = space
    self.count = count
    self.values = values
    self.codes = codes
    self.units = units
    self.lengths = lengths
    self.errors = errors
    self.norms = norms
  }

  /// Reads and encodes a set.
  package init(encoding vectors: VectorSet, options: BuildOptions) throws {
    let statistics = try SetStatistics(
      of: vectors,
      metric: options.metric,
      threads: options.threads
    )
    let space = statistics.space(metric: options.metric, seed: options.seed)
    let target = ScreenUnderConstruction(space: space, vectors: vectors)
    let done = Mutex(0)
    try parallelFor(vectors.count, chunk: Self.block, threads: options.threads) { _, rows in
      try target.encode(rows, of: vectors, metric: options.metric)
      done.withLock { done in
        done += rows.count
        options.progress(BuildProgress(phase: "encoding", done: done, total: vectors.count))
      }
    }
    self = target.frozen()
  }
}

/// The arrays while they are filled, each block by one thread.
private final class ScreenUnderConstruction: Sendable {
  private let space: ScanSpace
  private let count: Int
  private let dimension: Int
  private let values: MutableMemory<Float>
  private let codes: MutableMemory<UInt8>
  private let units: MutableMemory<Float>
  private let lengths: MutableMemory<Float>
  private let errors: MutableMemory<Float>
  private let norms: MutableMemory<Float>

  init(space: ScanSpace, vectors: VectorSet) {
    self.space = space
    count = vectors.count
    dimension = vectors.dimension
    let blocks = ScreenedRows.blockCount(count)
    values = MutableMemory(count: count * dimension)
    codes = MutableMemory(
      count: CodePanels.panelCount(count) * CodePanels.panelBytes(dimension: space.dimension)
    )
    unsafe codes.elements.update(repeating: UInt8(needle_code_zero))
    units = MutableMemory(count: blocks)
    lengths = MutableMemory(count: blocks)
    errors = MutableMemory(count: blocks)
    norms = MutableMemory(count: blocks)
  }

  func frozen() -> ScreenedRows {
    ScreenedRows(
      space: space,
      count: count,
      values: values.frozen(),
      codes: codes.frozen(),
      units: units.frozen(),
      lengths: lengths.frozen(),
      errors: errors.frozen(),
      norms: norms.frozen()
    )
  }

  /// Copies and encodes the rows of one block.
  func encode(_ rows: Range<Int>, of vectors: VectorSet, metric: Metric) throws {
    guard let all = unsafe values.elements.baseAddress,
      let panels = unsafe codes.elements.baseAddress
    else { return }
    let start = unsafe all + rows.lowerBound * dimension
    let place = unsafe UnsafeMutableBufferPointer(start: start, count: rows.count * dimension)
    var span = unsafe place.mutableSpan
    try vectors.copyRows(rows, preparedFor: metric, into: &span)

    let width = space.dimension
    let images = MutableMemory<Float>(count: rows.count * width)
    guard let first = unsafe images.elements.baseAddress else { return }
    var (largest, length, norm, centred): (Float, Double, Double, Double) = (0, 0, 0, 0)
    for row in 0..<rows.count {
      let image = unsafe first + row * width
      unsafe space.place(vector: start + row * dimension, into: image)
      for column in 0..<width { largest = unsafe max(largest, abs(image[column])) }
      length = unsafe larger(length, squaredNorm(image, width).squareRoot())
      norm = unsafe larger(norm, squaredNorm(start + row * dimension, dimension).squareRoot())
      centred = unsafe larger(centred, centredNorm(start + row * dimension))
    }
    let unit = CodePanels.unit(largest: largest)
    var error = 0.0
    for row in 0..<rows.count {
      let image = unsafe first + row * width
      let number = rows.lowerBound + row
      unsafe CodePanels.encode(image, dimension: width, unit: unit, row: number, of: panels)
      unsafe error = larger(error, distance(image, toCode: number, of: panels, unit: unit))
    }
    let block = rows.lowerBound / ScreenedRows.block
    let rounding = ScreenBound.rounding(dimension: width)
    let exactLength = length * (1 + 2 * rounding)
    let normError = space.metric == .squaredL2 ? ScreenBound.normError(centred, space) : 0
    unsafe units.elements[block] = unit
    unsafe lengths.elements[block] = bound(exactLength + normError)
    unsafe errors.elements[block] = bound(error + rounding * exactLength + normError)
    unsafe norms.elements[block] = bound(norm)
  }

  /// The larger one; infinity for what is no number, which is the image of an enormous vector.
  private func larger(_ most: Double, _ value: Double) -> Double {
    value <= most ? most : value.isNaN ? .infinity : value
  }

  /// A number of single precision that is no less.
  private func bound(_ value: Double) -> Float {
    let rounded = Float(value).nextUp
    return rounded.isNaN ? .infinity : rounded
  }

  /// |x − mean|².
  private func centredNorm(_ row: UnsafePointer<Float>) -> Double {
    var sum = 0.0
    for column in 0..<dimension {
      let difference = unsafe Double(row[column]) - Double(space.mean[column])
      sum += difference * difference
    }
    return sum
  }

  private func distance(
    _ image: UnsafePointer<Float>,
    toCode row: Int,
    of panels: UnsafePointer<UInt8>,
    unit: Float
  ) -> Double {
    var sum = 0.0
    for column in 0..<space.dimension {
      let code = unsafe CodePanels.code(
        panels,
        dimension: space.dimension,
        row: row,
        column: column
      )
      let difference = unsafe Double(image[column]) - Double(unit) * Double(code)
      sum += difference * difference
    }
    return sum.squareRoot()
  }
}
