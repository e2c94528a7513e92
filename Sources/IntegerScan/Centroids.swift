internal import CKernels
package import VectorCore

/// Centers of clusters as 8-bit codes, each with a unit of its own.
///
/// The codes *are* the centers: what a cluster's vectors are compared with, and what their
/// residuals are taken from, is unit · code, so that nothing is lost by scoring centers as integers.
package struct Centroids: Sendable {
  /// The number of centers.
  package let count: Int
  /// The length of each.
  package let dimension: Int
  /// Codes in panels, see ``CodePanels``.
  package let codes: SharedArray<UInt8>
  /// One unit a center, filled up with zeros to whole panels.
  package let units: SharedArray<Float>

  /// Takes stored parts.
  ///
  /// - Precondition: the sizes fit.
  package init(
    count: Int,
    dimension: Int,
    codes: SharedArray<UInt8>,
    units: SharedArray<Float>
  ) {
    let panels = CodePanels.panelCount(count)
    precondition(codes.count == panels * CodePanels.panelBytes(dimension: dimension))
    precondition(units.count == panels * CodePanels.lanes)
    self.count = count
    self.dimension = dimension
    self.codes = codes
    self.units = units
  }

  /// Quantises `values`, `[count, dimension]`.
  package init(_ values: [Float], dimension: Int) {
    let count = values.count / dimension
    let panels = CodePanels.panelCount(count)
    let codes = MutableMemory<UInt8>(count: panels * CodePanels.panelBytes(dimension: dimension))
    let units = MutableMemory<Float>(count: panels * CodePanels.lanes)
    unsafe codes.elements.update(repeating: UInt8(needle_code_zero))
    unsafe values.withUnsafeBufferPointer { values in
      guard let panels = unsafe codes.elements.baseAddress, let start = values.baseAddress
      else { return }
      for center in 0..<count {
        let row = unsafe UnsafeBufferPointer(start: start + center * dimension, count: dimension)
        let unit = unsafe CodePanels.unit(largest: row.reduce(0) { max($0, abs($1)) })
        unsafe units.elements[center] = unit
        unsafe CodePanels.encode(
          start + center * dimension,
          dimension: dimension,
          unit: unit,
          row: center,
          of: panels
        )
      }
    }
    self.init(
      count: count,
      dimension: dimension,
      codes: codes.frozen(),
      units: units.frozen()
    )
  }

  /// Centers filled up to whole panels: the length of a row of scores.
  package var paddedCount: Int { units.count }

  /// A center, `[dimension]`.
  package func values(of center: Int) -> [Float] {
    unsafe codes.withUnsafeBufferPointer { codes in
      guard let panels = codes.baseAddress else { return [] }
      return (0..<dimension).map { column in
        let code = unsafe CodePanels.code(panels, dimension: dimension, row: center, column: column)
        return units[center] * Float(code)
      }
    }
  }
}

/// Scores of rows against all centers, a few rows at a time.
///
/// One for each thread: it owns the memory for the scores.
// @unchecked Sendable because each thread uses one of its own.
@safe
package final class CentroidScorer: @unchecked Sendable {
  /// Rows that are scored together: enough to reuse each center from a register, few enough that
  /// their scores stay in the second-level cache.
  package let group: Int
  private let centroids: Centroids
  private let biases: [Float]
  private let scores: MutableMemory<Float>
  private var probes = unsafe [needle_probe]()

  /// Prepares to score against `centroids`, with a bias for each that is added to its scores;
  /// `biases` is filled up to whole panels with minus infinity.
  package init(_ centroids: Centroids, biases: [Float]) {
    self.centroids = centroids
    self.biases = Self.padded(biases, to: centroids.paddedCount)
    let together = 6
    group = max(
      together,
      min(8 * together, (1 << 17) / centroids.paddedCount / together * together)
    )
    scores = MutableMemory(count: group * centroids.paddedCount)
  }

  private static func padded(_ biases: [Float], to count: Int) -> [Float] {
    biases + Array(repeating: -.infinity, count: count - biases.count)
  }

  /// Scores up to ``group`` rows: scale · row · center + bias of the center.
  ///
  /// - Parameters:
  ///   - rows: places in `codes`.
  ///   - codes: the rows' codes.
  ///   - scale: what a row's products are multiplied with, beside its unit.
  ///   - body: gets each row's place in `rows` and its scores, `[paddedCount]`, valid during the call.
  package func score(
    _ rows: some RandomAccessCollection<Int>,
    of codes: RowCodes,
    scale: (Int) -> Float,
    _ body: (_ place: Int, _ scores: UnsafeBufferPointer<Float>) -> Void
  ) {
    precondition(rows.count <= group, "\(rows.count) rows of at most \(group)")
    unsafe probes.removeAll(keepingCapacity: true)
    for row in rows {
      unsafe probes.append(
        needle_probe(
          codes: codes.codes(of: row),
          candidates: nil,
          base: 0,
          scale: codes.unit(of: row) * scale(row),
          inverse: 0,
          offset: codes.offset(of: row),
          start: 0
        )
      )
    }
    let width = centroids.paddedCount
    guard let out = unsafe scores.elements.baseAddress else { return }
    unsafe centroids.codes.withUnsafeBufferPointer { panels in
      unsafe centroids.units.withUnsafeBufferPointer { units in
        guard let panels = panels.baseAddress, let units = units.baseAddress else { return }
        unsafe IntegerKernels.best.products.pointee.score(
          panels,
          width / CodePanels.lanes,
          codes.steps,
          units,
          biases,
          probes,
          probes.count,
          out,
          width
        )
      }
    }
    for place in 0..<rows.count {
      unsafe body(place, UnsafeBufferPointer(start: out + place * width, count: width))
    }
  }
}
