internal import CKernels
internal import IntegerScan
internal import Synchronization
internal import VectorCore

extension IVFIndex {
  var scannedShare: Double { Self.scannedShare(count: summary.count) }

  func reconstruct(
    _ rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    let places = places.places(of: lists.rows)
    let dimension = summary.dimension
    let image = MutableMemory<Float>(count: space.dimension)
    unsafe destination.withUnsafeMutableBufferPointer { target in
      guard let target = target.baseAddress, let image = unsafe image.elements.baseAddress
      else { return }
      for index in 0..<rows.count {
        let place = Int(places[Int(rows[index])])
        let vector = unsafe target + index * dimension
        if rerank.kind == .residual {
          unsafe lists.decode(place, rests: rerank, space: space, into: image)
          unsafe space.restore(image, into: vector)
        } else {
          unsafe rerank.copy(place, count: dimension, into: vector)
        }
      }
    }
  }
}

/// Where each row lies in the lists; worked out when first asked.
final class PlaceTable: Sendable {
  private let table = Mutex<SharedArray<UInt32>?>(nil)

  /// The places of `rows`, which are the rows by place.
  func places(of rows: SharedArray<UInt32>) -> SharedArray<UInt32> {
    table.withLock { held in
      if let held { return held }
      let places = MutableMemory<UInt32>(count: rows.count)
      for place in 0..<rows.count { unsafe places.elements[Int(rows[place])] = UInt32(place) }
      let made = places.frozen()
      held = made
      return made
    }
  }
}

extension RerankRows {
  /// Writes the first `count` values of a row that holds a vector.
  fileprivate func copy(_ place: Int, count: Int, into vector: UnsafeMutablePointer<Float>) {
    guard let start = unsafe bytes.baseAddress else { return }
    let row = unsafe UnsafeRawPointer(start + place * stride * kind.width)
    let kernels = unsafe needle_convert(needle_simd_level()).pointee
    if kind == .half {
      unsafe kernels.from_f16(row, count, vector)
    } else {
      unsafe kernels.from_f32(row, count, vector)
    }
  }
}

extension InvertedLists {
  /// Writes the image of the vector at a place, as codes and rests have it.
  fileprivate func decode(
    _ place: Int,
    rests: RerankRows,
    space: ScanSpace,
    into image: UnsafeMutablePointer<Float>
  ) {
    guard let codes = unsafe codes.baseAddress, let centers = unsafe centroids.codes.baseAddress,
      let restBytes = unsafe rests.bytes.baseAddress
    else { return }
    let list = list(holding: place)
    let panelBytes = CodePanels.panelBytes(dimension: space.dimension)
    let ownCodes = unsafe codes + panelStarts[list] * panelBytes
    let (centerUnit, unit) = (centroids.units[list], units[list])
    for column in 0..<space.dimension {
      let center = unsafe CodePanels.code(
        centers,
        dimension: space.dimension,
        row: list,
        column: column
      )
      let code = unsafe CodePanels.code(
        ownCodes,
        dimension: space.dimension,
        row: place - starts[list],
        column: column
      )
      let rest = unsafe Int8(bitPattern: restBytes[place * rests.stride + column])
      let residual = Float(code) + Float(rest) / Float(needle_residual_units)
      unsafe image[column] = centerUnit * Float(center) + unit * residual
    }
  }
}
