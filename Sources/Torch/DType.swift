internal import CTorchABI

/// The type of a tensor's elements.
public enum DType: String, Sendable, CaseIterable {
  /// IEEE single precision.
  case float32
  /// IEEE half precision: 10 bits of fraction, up to 65504.
  case float16
  /// Half the bits of single precision: its range, 7 bits of fraction.
  case bfloat16
  /// IEEE double precision.
  case float64
  /// Signed, 64 bits: token ids and indexes.
  case int64
  /// Signed, 32 bits.
  case int32
  /// Unsigned, 8 bits.
  case uint8
  /// One byte, 0 or 1: masks.
  case bool

  /// The size of an element in bytes.
  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16: 2
    case .uint8, .bool: 1
    }
  }

  /// Whether the numbers have fractions, and can have gradients.
  public var isFloatingPoint: Bool {
    switch self {
    case .float32, .float16, .bfloat16, .float64: true
    case .int64, .int32, .uint8, .bool: false
    }
  }

  var c: ctorch_dtype {
    switch self {
    case .float32: CTORCH_FLOAT32
    case .float16: CTORCH_FLOAT16
    case .bfloat16: CTORCH_BFLOAT16
    case .float64: CTORCH_FLOAT64
    case .int64: CTORCH_INT64
    case .int32: CTORCH_INT32
    case .uint8: CTORCH_UINT8
    case .bool: CTORCH_BOOL
    }
  }

  init?(_ c: ctorch_dtype) {
    guard let match = DType.allCases.first(where: { $0.c == c }) else { return nil }
    self = match
  }
}

/// A type of Swift whose values are elements of tensors as they are in memory.
public protocol TensorElement: BitwiseCopyable, Sendable {
  /// The type of such elements.
  static var dtype: DType { get }
  /// Zero.
  init()
}

extension Float: TensorElement {
  /// ``DType/float32``.
  public static var dtype: DType { .float32 }
}

extension Float16: TensorElement {
  /// ``DType/float16``.
  public static var dtype: DType { .float16 }
}

extension Double: TensorElement {
  /// ``DType/float64``.
  public static var dtype: DType { .float64 }
}

extension Int64: TensorElement {
  /// ``DType/int64``.
  public static var dtype: DType { .int64 }
}

extension Int32: TensorElement {
  /// ``DType/int32``.
  public static var dtype: DType { .int32 }
}

extension UInt8: TensorElement {
  /// ``DType/uint8``.
  public static var dtype: DType { .uint8 }
}

extension Bool: TensorElement {
  /// ``DType/bool``.
  public static var dtype: DType { .bool }
}
