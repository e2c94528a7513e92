internal import CKernels

/// The type of a matrix's elements in a file, by its short name.
public enum ElementKind: String, Sendable, CaseIterable {
  /// IEEE half precision.
  case float16 = "f16"
  /// IEEE single precision.
  case float32 = "f32"
  /// IEEE double precision.
  case float64 = "f64"
  /// A signed byte.
  case int8 = "i8"
  /// A byte.
  case uint8 = "u8"
  /// A signed 32-bit integer.
  case int32 = "i32"
  /// An unsigned 32-bit integer.
  case uint32 = "u32"
  /// A signed 64-bit integer.
  case int64 = "i64"
  /// An unsigned 64-bit integer.
  case uint64 = "u64"

  /// The bytes that one element takes.
  public var size: Int {
    switch self {
    case .int8, .uint8: 1
    case .float16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The kernel that turns elements into floats, or `nil` for integers that serve as row numbers
  /// and not as coordinates.
  var kernel: needle_to_f32? {
    let table = unsafe needle_convert(needle_simd_level()).pointee
    return switch self {
    case .float16: unsafe table.from_f16
    case .float32: unsafe table.from_f32
    case .float64: unsafe table.from_f64
    case .int8: unsafe table.from_i8
    case .uint8: unsafe table.from_u8
    case .int32: unsafe table.from_i32
    case .uint32, .int64, .uint64: nil
    }
  }
}
