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
    let steps = RowCodes.steps(dimension: space.dimension)
    // A product of zero with everything the candidates differ in: what is common to them.
    let common = unsafe space.distance(product: 0, query: query)
    let score = unsafe needle_residual_score_for(needle_simd_level())
    unsafe codes.withUnsafeBufferPointer { codes in
      unsafe centroids.codes.withUnsafeBufferPointer { centers in
        unsafe rests.bytes.withUnsafeBufferPointer { rests8 in
          guard let codes = codes.baseAddress, let centers = centers.baseAddress,
            let rests8 = rests8.baseAddress
          else { return }
          let signed = unsafe UnsafeRawPointer(rests8).assumingMemoryBound(to: Int8.self)
          for candidate in 0..<count {
            let place = unsafe Int(places[candidate])
            let list = list(holding: place)
            var row = unsafe needle_refined_row(
              center: centers + lane(list, space),
              code: codes + panelStarts[list] * CodePanels.panelBytes(dimension: space.dimension)
                + lane(place - starts[list], space),
              rest: signed + place * rests.stride,
              center_unit: centroids.units[list],
              unit: units[list]
            )
            let product = unsafe score(image, &row, steps)
            unsafe distances[candidate] =
              space.metric == .squaredL2 ? max(0, common - 2 * product) : common - product
          }
        }
      }
    }
  }

  /// Where the codes of a row begin in panels.
  private func lane(_ row: Int, _ space: ScanSpace) -> Int {
    row / CodePanels.lanes * CodePanels.panelBytes(dimension: space.dimension)
      + row % CodePanels.lanes * Int(needle_code_step)
  }

  /// The list that holds the vector at a place.
  private func list(holding place: Int) -> Int {
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= place { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
