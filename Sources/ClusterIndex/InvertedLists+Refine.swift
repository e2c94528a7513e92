internal import CKernels
internal import IntegerScan
internal import VectorCore

extension InvertedLists {
  /// Writes the distances of candidates from codes and what they leave over, which `rests` holds.
  ///
  /// - Parameters:
  ///   - query: the query, `[dimension]`.
  ///   - image: its image, `[4 · steps]`, padded with zeros.
  ///   - places: of the candidates, in the order of the lists.
  ///   - count: how many candidates.
  ///   - rests: what the codes leave over.
  ///   - space: the space of the codes.
  ///   - distances: room for `count`.
  func refine(
    _ query: UnsafePointer<Float>,
    image: UnsafePointer<Float>,
    places: UnsafePointer<UInt32>,
    count: Int,
    rests: RerankRows,
    space: ScanSpace,
    into distances: UnsafeMutablePointer<Float>
  ) {
    guard let codes = unsafe codes.baseAddress, let centers = unsafe centroids.codes.baseAddress,
      let restBytes = unsafe rests.bytes.baseAddress
    else { return }
    let restCodes = unsafe UnsafeRawPointer(restBytes).assumingMemoryBound(to: Int8.self)
    let steps = RowCodes.steps(dimension: space.dimension)
    let panelBytes = CodePanels.panelBytes(dimension: space.dimension)
    let score = unsafe needle_residual_score_for(needle_simd_level())
    let common = unsafe space.commonDistance(of: query)
    for candidate in 0..<count {
      let place = unsafe Int(places[candidate])
      let list = list(holding: place)
      var row = unsafe needle_refined_row(
        center: centers + lane(list, panelBytes),
        code: codes + panelStarts[list] * panelBytes + lane(place - starts[list], panelBytes),
        rest: restCodes + place * rests.stride,
        center_unit: centroids.units[list],
        unit: units[list]
      )
      let product = unsafe score(image, &row, steps)
      unsafe distances[candidate] =
        space.metric == .squaredL2 ? max(0, common - 2 * product) : common - product
    }
  }

  /// Where the codes of a row begin in panels.
  private func lane(_ row: Int, _ panelBytes: Int) -> Int {
    row / CodePanels.lanes * panelBytes + row % CodePanels.lanes * Int(needle_code_step)
  }

  /// The list that holds the vector at a place.
  func list(holding place: Int) -> Int {
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= place { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
