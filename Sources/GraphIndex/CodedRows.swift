internal import CKernels
internal import VectorCore

/// Vectors of one space as codes of one unit.
///
/// A value is about unit · (code − zero), and what that leaves over a rest of 8 bits more.
struct CodedRows: Sendable {
  /// How wide a code is.
  enum Kind: String, Sendable {
    case bytes = "sq8"
    case nibbles = "sq4"
    case bits = "rabitq"

    /// The code of zero, and the largest.
    var zero: Float {
      switch self {
      case .bytes: 128
      case .nibbles: 7.5
      case .bits: 0.5
      }
    }
    var most: UInt8 {
      switch self {
      case .bytes: 255
      case .nibbles: 15
      case .bits: 1
      }
    }

    /// Dimensions, filled up to what the kernels read at once.
    func width(dimension: Int) -> Int {
      let block = self == .nibbles ? 128 : 64
      return (dimension + block - 1) / block * block
    }

    /// Bytes from row to row.
    func stride(dimension: Int) -> Int {
      let width = width(dimension: dimension)
      switch self {
      case .bytes: return width
      case .nibbles: return width / 2
      // The factor of the row follows its bits.
      case .bits: return (width / 8 + 4 + 63) / 64 * 64
      }
    }

    /// The unit for values with this largest size and root mean square.
    func unit(_ scale: ValueScale) -> Float {
      guard scale.largest >= 1e-30 else { return 1 }
      switch self {
      case .bytes: return scale.largest / 127
      // Uniform steps for normally distributed values, doi:10.1109/TIT.1960.1057548 has 0.335 for the
      // least error; a little more reaches further, as rests must.
      case .nibbles: return 0.36 * scale.rootMeanSquare
      case .bits: return 1.6 * scale.rootMeanSquare
      }
    }

    /// The unit of the rests, so that they reach 4 times the root mean square.
    func restUnit(_ scale: ValueScale) -> Float {
      let unit = unit(scale)
      switch self {
      case .bytes: return unit / 254
      case .nibbles: return unit / 24
      case .bits: return 4 * scale.rootMeanSquare / 127
      }
    }
  }

  let kind: Kind
  let count: Int
  let dimension: Int
  let unit: Float
  /// `[count, stride]`.
  let codes: SharedArray<UInt8>

  var width: Int { kind.width(dimension: dimension) }
  var stride: Int { kind.stride(dimension: dimension) }

  /// The kernel for this kind of codes.
  var kernel: needle_code_products_pointer {
    let kernels = unsafe needle_code_kernels_for(needle_simd_level()).pointee
    switch kind {
    case .bytes: return unsafe kernels.bytes
    case .nibbles: return unsafe kernels.nibbles
    case .bits: return unsafe kernels.bits
    }
  }
}

/// How large the values of a set are.
struct ValueScale: Sendable, Equatable {
  var largest: Float
  var rootMeanSquare: Float
}

/// Codes of one kind while they are written, each row by one thread.
final class CodedRowsWriter: Sendable {
  let kind: CodedRows.Kind
  let dimension: Int
  let count: Int
  let unit: Float
  private let codes: MutableMemory<UInt8>

  init(_ kind: CodedRows.Kind, count: Int, dimension: Int, scale: ValueScale) {
    self.kind = kind
    self.count = count
    self.dimension = dimension
    unit = kind.unit(scale)
    codes = MutableMemory(count: count * kind.stride(dimension: dimension))
  }

  /// Encodes a row; leaves one byte a dimension in `plain`, which has room for the width.
  func write(
    _ values: UnsafePointer<Float>,
    as row: Int,
    plain: UnsafeMutablePointer<UInt8>
  ) {
    let encoders = unsafe needle_code_encoders_for(needle_simd_level()).pointee
    let width = kind.width(dimension: dimension)
    unsafe encoders.codes(values, dimension, width, unit, kind.zero, kind.most, plain)
    guard let start = unsafe codes.elements.baseAddress else { return }
    let to = unsafe start + row * kind.stride(dimension: dimension)
    switch kind {
    case .bytes: unsafe to.update(from: plain, count: width)
    case .nibbles: unsafe needle_pack_nibbles(plain, width, to)
    case .bits:
      unsafe needle_pack_bits(plain, width, to)
      unsafe UnsafeMutableRawPointer(to + width / 8).storeBytes(of: factor(values), as: Float.self)
    }
  }

  /// |x|² over the sum of |x|'s values: what makes the product with the signs an estimate without bias.
  private func factor(_ values: UnsafePointer<Float>) -> Float {
    var (squares, sizes) = (Float(0), Float(0))
    for column in 0..<dimension {
      let value = unsafe values[column]
      squares += value * value
      sizes += abs(value)
    }
    return sizes > 0 ? squares / sizes : 0
  }

  func finished() -> CodedRows {
    CodedRows(kind: kind, count: count, dimension: dimension, unit: unit, codes: codes.frozen())
  }
}
