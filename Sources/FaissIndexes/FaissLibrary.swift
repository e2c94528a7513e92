internal import CFaiss

/// The libraries under the backends: faiss and its OpenBLAS.
package enum FaissLibrary {
  /// A Fortran SGEMM: transposition of A and of B; m, n, k; alpha; A and its leading dimension; B
  /// and its leading dimension; beta; C and its leading dimension.
  package typealias MatrixProduct =
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<Int32>, UnsafePointer<Int32>,
      UnsafePointer<Int32>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Int32>,
      UnsafePointer<Float>, UnsafePointer<Int32>, UnsafePointer<Float>,
      UnsafeMutablePointer<Float>, UnsafePointer<Int32>
    ) -> Void

  private static let readiness = Result { () throws(FaissError) in
    cfaiss_initialize()
    try unsafe checkProducts(nil)
  }

  /// Makes the libraries ready, once: one OpenBLAS thread, and its products checked.
  ///
  /// - Throws: ``FaissError`` where OpenBLAS computes wrong products on this processor.
  package static func prepare() throws(FaissError) { try readiness.get() }

  /// Compares a matrix product of many shapes with a plain loop in double precision.
  ///
  /// - Parameter product: the function to check; `nil` for the one that faiss calls.
  /// - Throws: ``FaissError`` with what to set in the environment where a product is wrong.
  package static func checkProducts(_ product: MatrixProduct?) throws(FaissError) {
    let status = unsafe cfaiss_check_products(product)
    do throws(FaissError) {
      try check(status, "self-check of OpenBLAS")
    } catch {
      guard error.code == .wrongProducts else { throw error }
      let other = coreName == "Haswell" ? "Sandybridge" : "Haswell"
      throw FaissError(
        operation: error.operation,
        code: error.code,
        message: "its \(coreName) kernels compute wrong matrix products on this processor "
          + "(\(error.message)); set OPENBLAS_CORETYPE=\(other) in the environment"
      )
    }
  }

  /// The kernels that OpenBLAS chose for this processor: "Haswell".
  package static var coreName: String { unsafe String(cString: cfaiss_core_name()) }

  /// How many OpenMP threads the calling thread would use by itself.
  package static var threadCount: Int { Int(cfaiss_thread_count()) }
}
