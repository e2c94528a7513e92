internal import CKernels
internal import VectorCore

/// What the last candidates' distances come from.
package struct Rerank: Sendable {
  /// The elements of a row.
  package enum Kind: String, CaseIterable, Sendable {
    /// The walk's own codes, and nothing else.
    case none
    /// The walk's codes, and what they leave over as 8 bits more.
    case residual
    case half = "f16"
    case float = "f32"

    /// The bytes of a row: whole cache lines.
    func rowBytes(dimension: Int, width: Int) -> Int {
      switch self {
      case .none: 0
      case .residual: width
      case .half: (2 * dimension + 63) / 64 * 64
      case .float: (4 * dimension + 63) / 64 * 64
      }
    }
  }

  let kind: Kind
  let rowBytes: Int
  /// `[nodes, rowBytes]`: f32 or f16 filled up with zeros, or one byte a dimension of the space.
  let bytes: SharedArray<UInt8>
  /// What a rest's unit stands for.
  let restUnit: Float
}

/// The rows to rank again by while they are written, each by one thread.
final class RerankWriter: Sendable {
  private let kind: Rerank.Kind
  private let rowBytes: Int
  private let restUnit: Float
  private let memory: MutableMemory<UInt8>

  init(_ kind: Rerank.Kind, count: Int, dimension: Int, width: Int, restUnit: Float) {
    self.kind = kind
    self.restUnit = restUnit
    rowBytes = kind.rowBytes(dimension: dimension, width: width)
    memory = MutableMemory(count: count * rowBytes)
  }

  /// Writes a node's row: from the vector, or from the image and its codes, a byte each.
  func write(
    _ node: Int,
    vector: UnsafePointer<Float>,
    dimension: Int,
    image: UnsafePointer<Float>,
    plain: UnsafePointer<UInt8>,
    of codes: CodedRowsWriter
  ) {
    guard rowBytes > 0, let start = unsafe memory.elements.baseAddress else { return }
    let row = unsafe start + node * rowBytes
    let raw = UnsafeMutableRawPointer(row)
    switch kind {
    case .none: break
    case .residual:
      let encoders = unsafe needle_code_encoders_for(needle_simd_level()).pointee
      unsafe encoders.rests(
        image,
        plain,
        codes.dimension,
        rowBytes,
        codes.unit,
        codes.kind.zero,
        restUnit,
        row
      )
    case .half:
      let convert = unsafe needle_convert(needle_simd_level()).pointee.to_f16
      unsafe convert(vector, dimension, raw.assumingMemoryBound(to: UInt16.self))
    case .float: unsafe raw.copyMemory(from: vector, byteCount: 4 * dimension)
    }
  }

  func finished() -> Rerank {
    Rerank(kind: kind, rowBytes: rowBytes, bytes: memory.frozen(), restUnit: restUnit)
  }
}
