internal import CKernels
internal import IntegerScan
package import VectorCore

/// The vectors that a graph is built over, as bytes whose distances are whole numbers: the same graph
/// on every processor.
///
/// Distances are squared Euclidean ones. Where vectors of different lengths are compared by their inner
/// product, the squared norms are replaced by the largest of them: what is left orders by the product, as
/// in Morozov and Babenko, "Non-metric similarity graphs for maximum inner product search", NeurIPS 2018.
package struct BuildRows: Sendable {
  let rows: CodedRows
  /// Σ (code − 128)², `[count]`; where the product alone counts, the largest of them for all.
  package let norms: SharedArray<Int32>

  var count: Int { rows.count }
  var width: Int { rows.width }

  /// Takes coded rows; `byProduct` says whether the product alone counts.
  package init(_ rows: CodedRows, byProduct: Bool = false) {
    self.rows = rows
    let norms = MutableMemory<Int32>(count: rows.count)
    guard let codes = unsafe rows.codes.baseAddress else { preconditionFailure("a graph has rows") }
    for row in 0..<rows.count {
      var sum: Int32 = 0
      for column in 0..<rows.width {
        let value = unsafe Int32(codes[row * rows.stride + column]) - 128
        sum &+= value &* value
      }
      unsafe norms.elements[row] = sum
    }
    if byProduct {
      let largest = unsafe norms.elements.max() ?? 0
      unsafe norms.elements.update(repeating: largest)
    }
    self.norms = norms.frozen()
  }

  private init(_ rows: CodedRows, norms: SharedArray<Int32>) {
    self.rows = rows
    self.norms = norms
  }

  /// Copies of some rows, side by side.
  func rows(_ numbers: SharedArray<UInt32>) -> BuildRows {
    let copies = CodedRows(
      kind: rows.kind,
      count: numbers.count,
      dimension: rows.dimension,
      unit: rows.unit,
      codes: rows.codes.rows(numbers, of: rows.stride)
    )
    let norms = SharedArray((0..<numbers.count).map { self.norms[Int(numbers[$0])] })
    return BuildRows(copies, norms: norms)
  }

  /// The rows as pointers, valid while this is alive.
  var distances: BuildDistances {
    guard let codes = unsafe rows.codes.baseAddress, let norms = unsafe norms.baseAddress else {
      preconditionFailure("a graph has rows")
    }
    return unsafe BuildDistances(
      kernel: rows.kernel,
      codes: codes,
      norms: norms,
      width: rows.width
    )
  }
}

/// Measures distances between the rows of a graph under construction.
@unsafe
struct BuildDistances: @unsafe RowCodec {
  let kernel: needle_code_products_pointer
  let codes: UnsafePointer<UInt8>
  let norms: UnsafePointer<Int32>
  let width: Int

  var rowBytes: Int { unsafe width }
  var start: UnsafeRawPointer { unsafe UnsafeRawPointer(codes) }

  /// Writes the codes of a row as a query, `[width]`; returns what all its products have too much.
  @inline(__always)
  func load(_ row: UInt32, into query: UnsafeMutablePointer<Int8>) -> Int32 {
    let from = unsafe codes + Int(row) &* width
    var sum: Int32 = 0
    for column in unsafe 0..<width {
      let value = unsafe Int8(bitPattern: from[column] ^ 0x80)
      unsafe query[column] = value
      sum &+= Int32(value)
    }
    return 128 &* sum
  }

  /// Writes the distances from a loaded row to others; room for `count` rounded up to 4.
  @inline(__always)
  func measure(
    _ query: UnsafePointer<Int8>,
    excess: Int32,
    norm: Int32,
    _ rows: UnsafePointer<UInt32>,
    count: Int,
    into distances: UnsafeMutablePointer<Int32>
  ) {
    unsafe kernel(query, codes, width, width, rows, count, distances)
    for place in 0..<count {
      let product = unsafe distances[place] &- excess
      unsafe distances[place] = norm &+ norms[Int(rows[place])] &- 2 &* product
    }
  }

  /// For walks: the query is a loaded row, whose own norm changes no order.
  @inline(__always)
  func measure(
    _ query: WalkQuery,
    _ rows: UnsafePointer<UInt32>,
    count: Int,
    into orders: UnsafeMutablePointer<UInt32>
  ) {
    unsafe orders.withMemoryRebound(to: Int32.self, capacity: count) { distances in
      unsafe measure(
        query.wide.high,
        excess: query.highOffset,
        norm: 0,
        rows,
        count: count,
        into: distances
      )
    }
    for place in 0..<count { unsafe orders[place] ^= 0x8000_0000 }
  }
}
