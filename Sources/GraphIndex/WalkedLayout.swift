internal import CKernels
internal import VectorCore

/// A layout as pointers, valid while the store is.
@unsafe
enum WalkedLayout {
  case integers(SlimLayout<IntegerCodec>)
  case bits(SlimLayout<BitCodec>)
  case floats(SlimLayout<FloatCodec>)
  case fat(FatLayout)

  /// Takes the pointers out of a store; `nil` where it is empty.
  init?(_ store: NodeStore, metric: Metric) {
    switch store.layout {
    case .codes(let links, let codes, _):
      guard let start = unsafe codes.codes.baseAddress else { return nil }
      let (kernel, stride, width) = unsafe (codes.kernel, codes.stride, codes.width)
      if codes.kind == .bits {
        unsafe self = .bits(
          SlimLayout(
            codec: BitCodec(kernel: kernel, codes: start, stride: stride, width: width),
            links
          )
        )
      } else {
        unsafe self = .integers(
          SlimLayout(
            codec: IntegerCodec(kernel: kernel, codes: start, stride: stride, width: width),
            links
          )
        )
      }
    case .floats(let links, let rows):
      guard let start = unsafe rows.bytes.baseAddress else { return nil }
      let codec = unsafe FloatCodec(
        start: UnsafeRawPointer(start),
        stride: rows.stride,
        isHalf: rows.isHalf,
        metric: metric
      )
      unsafe self = .floats(SlimLayout(codec: codec, links))
    case .fat(let rows):
      guard let layout = unsafe rows.layout else { return nil }
      unsafe self = .fat(layout)
    }
  }
}

extension SlimLayout {
  fileprivate init(codec: Codec, _ links: GraphLinks) {
    guard let start = unsafe links.links.baseAddress else {
      preconditionFailure("a graph has nodes")
    }
    unsafe self.init(
      codec: codec,
      links: start,
      count: links.count,
      degree: links.degree,
      entries: links.entries.view
    )
  }
}

extension FatRows {
  /// The layout as pointers, valid while the rows are.
  var layout: FatLayout? {
    guard let start = unsafe rows.baseAddress, let codes = unsafe entryCodes.baseAddress else {
      return nil
    }
    return unsafe FatLayout(
      score: needle_fat_kernels_for(needle_simd_level()).pointee.score,
      products: needle_code_kernels_for(needle_simd_level()).pointee.bytes,
      rows: start,
      shape: shape,
      rowBytes: rowBytes,
      count: count,
      entries: entries.view,
      entryCodes: codes
    )
  }
}
