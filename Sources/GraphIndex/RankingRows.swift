internal import CKernels
internal import VectorCore

/// What the candidates of an index are ranked by, as pointers: to take the parts out of the index for
/// every query would count references each time.
///
/// Valid while the index is.
@unsafe
struct RankingRows {
  /// A part of the scores: unit · Σ query · (code − zero).
  @unsafe
  struct Part {
    let kernel: needle_code_products_pointer
    let codes: UnsafePointer<UInt8>
    let stride: Int
    let width: Int
    let zero: Float
    let unit: Float
  }

  /// Vectors in single or half precision.
  @unsafe
  struct Vectors {
    let start: UnsafeRawPointer
    /// Elements from row to row.
    let stride: Int
    let isHalf: Bool
  }

  let metric: Metric
  /// The rows of the nodes, see ``GraphNodes``.
  let numbers: UnsafePointer<UInt32>
  let starts: UnsafePointer<UInt32>?
  /// The vectors, or what scores are the sum of: the walk's own codes, and what they leave over.
  private(set) var vectors: Vectors?
  private(set) var codes: Part?
  private(set) var rests: Part?
  /// Whether the codes are of coordinates along axes.
  private(set) var areAlongAxes = false
  /// Rows that are read for the ranking alone.
  let rows: UnsafePointer<UInt8>?
  let rowBytes: Int
  /// A bit for each row of the set that may be found; `nil` where all may.
  private var matching: UnsafePointer<UInt64>?

  /// Takes the parts out of an index, which must live as long.
  init(_ nodes: GraphNodes, _ store: NodeStore, _ metric: Metric) {
    guard let numbers = unsafe nodes.rows.baseAddress else {
      preconditionFailure("a graph has nodes")
    }
    unsafe self.numbers = numbers
    unsafe starts = nodes.starts?.baseAddress
    unsafe self.metric = metric
    let rerank = store.rerank
    unsafe rows = rerank.bytes.baseAddress
    unsafe rowBytes = rerank.rowBytes
    if let rows = unsafe rows, rerank.kind == .half || rerank.kind == .float {
      let isHalf = rerank.kind == .half
      unsafe vectors = Vectors(
        start: UnsafeRawPointer(rows),
        stride: rerank.rowBytes / (isHalf ? 2 : 4),
        isHalf: isHalf
      )
      return
    }
    unsafe takeCodes(of: store)
  }

  /// The same for the rows of a filter only, which must live as long.
  func matching(_ filter: RowFilter?) -> RankingRows {
    var copy = unsafe self
    unsafe copy.matching = filter?.words.baseAddress
    return unsafe copy
  }

  private mutating func takeCodes(of store: NodeStore) {
    switch store.layout {
    case .floats(_, let rows):
      guard let start = unsafe rows.bytes.baseAddress else { return }
      unsafe vectors = Vectors(
        start: UnsafeRawPointer(start),
        stride: rows.stride,
        isHalf: rows.isHalf
      )
      return
    case .codes(_, let codes, let axes):
      guard let start = unsafe codes.codes.baseAddress else { return }
      unsafe areAlongAxes = axes != nil
      unsafe self.codes = Part(
        kernel: codes.kernel,
        codes: start,
        stride: codes.stride,
        width: codes.width,
        zero: codes.kind.zero,
        unit: codes.unit
      )
    case .fat(let rows):
      guard let start = unsafe rows.rows.baseAddress else { return }
      unsafe codes = Self.bytes(start, stride: rows.rowBytes, width: rows.width, unit: rows.unit)
    }
    guard store.rerank.kind == .residual, let rows = unsafe rows else { return }
    unsafe rests = Self.bytes(rows, stride: rowBytes, width: rowBytes, unit: store.rerank.restUnit)
  }

  private static func bytes(
    _ codes: UnsafePointer<UInt8>,
    stride: Int,
    width: Int,
    unit: Float
  ) -> Part {
    unsafe Part(
      kernel: needle_code_kernels_for(needle_simd_level()).pointee.bytes,
      codes: codes,
      stride: stride,
      width: width,
      zero: CodedRows.Kind.bytes.zero,
      unit: unit
    )
  }

  /// Whether a node stands for one row that may be found.
  var haveOneRowEach: Bool { unsafe starts == nil && matching == nil }

  /// Whether a row of the set may be found.
  @inline(__always)
  func matches(_ row: UInt32) -> Bool {
    guard let words = unsafe matching else { return true }
    return unsafe words[Int(row &>> 6)] &>> UInt64(row & 63) & 1 == 1
  }

  /// Asks for what ranks some nodes, and for their numbers.
  func prefetch(_ nodes: UnsafePointer<UInt32>, count: Int) {
    for place in 0..<count { unsafe needle_prefetch(numbers + Int(nodes[place])) }
    if let rows = unsafe rows { unsafe needle_prefetch_rows(rows, rowBytes, nodes, count) }
  }
}
