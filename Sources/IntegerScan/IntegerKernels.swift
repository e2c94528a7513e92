internal import CKernels

/// The integer kernels for this CPU.
// @unchecked Sendable because the tables are constant.
@safe
struct IntegerKernels: @unchecked Sendable {
  static let best = IntegerKernels(needle_simd_level())

  let products: UnsafePointer<needle_int8_kernels>
  let encoders: UnsafePointer<needle_int8_encoders>
  let select: UnsafePointer<needle_select_kernels>

  private init(_ level: needle_simd) {
    unsafe products = needle_int8_kernels_for(level)
    unsafe encoders = needle_int8_encoders_for(level)
    unsafe select = needle_select_for(level)
  }
}

/// The name of the integer kernels that this CPU runs: "avx512-vnni", "avx2", "neon-dot" or
/// "portable".
package var integerKernelName: String {
  unsafe String(cString: IntegerKernels.best.products.pointee.name)
}
