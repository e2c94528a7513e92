internal import CKernels
internal import VectorCore

/// Codes whose products with the query's are integers: bytes and nibbles, all in one unit.
@unsafe
struct IntegerCodec: @unsafe StoredRowCodec {
  let kernel: needle_code_products_pointer
  let codes: UnsafePointer<UInt8>
  let stride: Int
  let width: Int

  var rowBytes: Int { unsafe stride }
  var start: UnsafeRawPointer { unsafe UnsafeRawPointer(codes) }

  func over(_ rows: UnsafePointer<UInt8>) -> Self {
    unsafe Self(kernel: kernel, codes: rows, stride: stride, width: width)
  }

  @inline(__always)
  func measure(
    _ query: WalkQuery,
    _ rows: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    unsafe orders.withMemoryRebound(to: Int32.self, capacity: count) { products in
      unsafe kernel(query.wide.high, codes, stride, width, rows, count, products)
    }
    // A larger product is nearer; flipping every bit but the sign's orders signed numbers downwards.
    for place in 0..<count { unsafe orders[place] ^= 0x7FFF_FFFF }
  }
}

/// One bit a dimension and a factor per row, which makes products estimates of the score without
/// bias: RaBitQ, arXiv:2405.12497.
@unsafe
struct BitCodec: @unsafe StoredRowCodec {
  let kernel: needle_code_products_pointer
  let codes: UnsafePointer<UInt8>
  let stride: Int
  let width: Int

  var rowBytes: Int { unsafe stride }
  var start: UnsafeRawPointer { unsafe UnsafeRawPointer(codes) }

  func over(_ rows: UnsafePointer<UInt8>) -> Self {
    unsafe Self(kernel: kernel, codes: rows, stride: stride, width: width)
  }

  @inline(__always)
  func measure(
    _ query: WalkQuery,
    _ rows: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    unsafe orders.withMemoryRebound(to: Int32.self, capacity: count) { products in
      unsafe kernel(query.wide.high, codes, stride, width, rows, count, products)
    }
    let half = unsafe query.highOffset / 128
    for place in 0..<count {
      let product = unsafe Float(2 &* Int32(bitPattern: orders[place]) &- half)
      let row = unsafe UnsafeRawPointer(codes + Int(rows[place]) &* stride + width / 8)
      let factor = unsafe row.load(as: Float.self)
      unsafe orders[place] = needle_distance_order(-factor * product)
    }
  }
}

/// The vectors themselves, in single or half precision.
@unsafe
struct FloatCodec: @unsafe StoredRowCodec {
  let start: UnsafeRawPointer
  /// Elements from row to row.
  let stride: Int
  let isHalf: Bool
  let metric: Metric

  var rowBytes: Int { unsafe stride &* (isHalf ? 2 : 4) }

  func over(_ rows: UnsafePointer<UInt8>) -> Self {
    unsafe Self(start: UnsafeRawPointer(rows), stride: stride, isHalf: isHalf, metric: metric)
  }

  @inline(__always)
  func measure(
    _ query: WalkQuery,
    _ rows: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    unsafe orders.withMemoryRebound(to: Float.self, capacity: count) { distances in
      unsafe FloatRows.measure(
        query,
        rows: start,
        stride: stride,
        isHalf: isHalf,
        metric: metric,
        rows,
        count: count,
        into: distances
      )
    }
    for place in 0..<count {
      let bits = unsafe orders[place]
      unsafe orders[place] =
        bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) &>> 31) | 0x8000_0000)
    }
  }
}
