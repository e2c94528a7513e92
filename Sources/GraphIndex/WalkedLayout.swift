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
    guard let entries = unsafe store.entryCodes.baseAddress else { return nil }
    switch store.layout {
    case .codes(let links, let codes, _):
      guard let start = unsafe codes.codes.baseAddress else { return nil }
      let (kernel, stride, width) = unsafe (codes.kernel, codes.stride, codes.width)
      if codes.kind == .bits {
        unsafe self = .bits(
          SlimLayout(
            codec: BitCodec(kernel: kernel, codes: start, stride: stride, width: width),
            links,
            entries
          )
        )
      } else {
        unsafe self = .integers(
          SlimLayout(
            codec: IntegerCodec(kernel: kernel, codes: start, stride: stride, width: width),
            links,
            entries
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
      unsafe self = .floats(SlimLayout(codec: codec, links, entries))
    case .fat(let rows):
      guard let layout = unsafe rows.layout(entries) else { return nil }
      unsafe self = .fat(layout)
    }
  }
}

extension SlimLayout where Codec: StoredRowCodec {
  fileprivate init(codec: Codec, _ links: GraphLinks, _ entryCodes: UnsafePointer<UInt8>) {
    guard let start = unsafe links.links.baseAddress else {
      preconditionFailure("a graph has nodes")
    }
    unsafe self.init(
      codec: codec,
      entryCodec: codec.over(entryCodes),
      links: start,
      count: links.count,
      degree: links.degree,
      entries: links.entries.view,
      guesses: needle_outgrows_cache(links.count * (codec.rowBytes + 4 * links.degree)) != 0
    )
  }
}

extension FatRows {
  /// The layout as pointers, valid while the rows and the entry points' codes are.
  func layout(_ entryCodes: UnsafePointer<UInt8>) -> FatLayout? {
    guard let start = unsafe rows.baseAddress else { return nil }
    let kernels = unsafe needle_fat_kernels_for(needle_simd_level()).pointee
    return unsafe FatLayout(
      score: kernels.score,
      own: kernels.own,
      nibbles: needle_code_kernels_for(needle_simd_level()).pointee.nibbles,
      rows: start,
      shape: shape,
      rowBytes: rowBytes,
      count: count,
      entries: entries.view,
      entryCodes: entryCodes
    )
  }
}
