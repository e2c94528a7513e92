internal import IntegerScan
internal import VectorCore

/// Vectors sorted into lists around centers, as 8-bit codes of their residuals.
///
/// A vector of list l is about center l + unit l · code: each list has a unit of its own, so that one
/// far-off vector costs the others of its list precision, and nobody else.
struct InvertedLists: Sendable {
  let centroids: Centroids
  /// Row numbers in the order of the lists, `[count]`.
  let rows: SharedArray<UInt32>
  /// Codes in panels, each list beginning a panel of its own.
  let codes: SharedArray<UInt8>
  /// The unit of each list's codes, `[nlist]`.
  let units: SharedArray<Float>
  /// The standard deviation of a residual's components in each list, `[nlist]`.
  let spreads: SharedArray<Float>
  /// Where each list begins among ``rows``, `[nlist + 1]`.
  let starts: [Int]
  /// Where each list begins among the panels of ``codes``, `[nlist + 1]`.
  let panelStarts: [Int]
  /// The standard deviation over all lists: the unit of margins.
  let spread: Float

  /// Joins the parts; `sizes` are the lists' lengths.
  init(
    centroids: Centroids,
    sizes: [Int],
    rows: SharedArray<UInt32>,
    codes: SharedArray<UInt8>,
    units: SharedArray<Float>,
    spreads: SharedArray<Float>
  ) {
    self.centroids = centroids
    self.rows = rows
    self.codes = codes
    self.units = units
    self.spreads = spreads
    starts = Self.sums(sizes)
    panelStarts = Self.sums(sizes.map { CodePanels.panelCount($0) })
    var variance = 0.0
    for (list, size) in sizes.enumerated() {
      variance += Double(size) * Double(spreads[list]) * Double(spreads[list])
    }
    spread = Float((variance / Double(max(1, rows.count))).squareRoot())
  }

  /// The number of lists.
  var count: Int { centroids.count }

  /// Running sums, from 0 to the total.
  static func sums(_ sizes: [Int]) -> [Int] {
    sizes.reduce(into: [0]) { sums, size in sums.append((sums.last ?? 0) + size) }
  }
}
