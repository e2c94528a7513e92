import FaissIndexes
import Glibc
import Testing
import VectorCore

@Suite struct FaissLibraryTests {
  @Test func productsOfThisMachineAreRight() throws {
    try FaissLibrary.prepare()
    #expect(!FaissLibrary.coreName.isEmpty)
  }

  #if !DEBUG
  /// Time of this thread alone, so that a busy machine changes nothing.
  @Test func checkIsCheap() throws {
    try FaissLibrary.prepare()
    let milliseconds = try (0..<5).map { _ in
      let start = threadNanoseconds()
      try unsafe FaissLibrary.checkProducts(nil)
      return Double(threadNanoseconds() - start) / 1e6
    }.min()
    #expect(try #require(milliseconds) < 10)
  }

  private func threadNanoseconds() -> Int {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
  #endif

  @Test func productThatComputesNothingIsFound() {
    #expect {
      try unsafe FaissLibrary.checkProducts { _, _, _, _, _, _, _, _, _, _, _, _, _ in }
    } throws: { error in
      let error = error as? FaissError
      return error?.code == .wrongProducts && error?.kind == .internal
        && error?.description.contains("set OPENBLAS_CORETYPE=") == true
        && error?.description.contains(FaissLibrary.coreName) == true
    }
  }

  /// A product that is right but for one thing is found too, whatever the thing.
  @Test func subtlyWrongProductsAreFound() throws {
    try unsafe FaissLibrary.checkProducts { transA, _, m, n, k, _, a, lda, b, ldb, _, c, ldc in
      unsafe plainProduct(transA, m, n, k, a, lda, b, ldb, c, ldc)
    }
    #expect(throws: FaissError.self, "the last row of odd shapes") {
      try unsafe FaissLibrary.checkProducts { transA, _, m, n, k, _, a, lda, b, ldb, _, c, ldc in
        unsafe plainProduct(transA, m, n, k, a, lda, b, ldb, c, ldc)
        if unsafe m.pointee % 8 == 1, unsafe m.pointee > 8 { unsafe c[Int(m.pointee) - 1] += 0.01 }
      }
    }
    #expect(throws: FaissError.self, "a term of long sums is lost") {
      try unsafe FaissLibrary.checkProducts { transA, _, m, n, k, _, a, lda, b, ldb, _, c, ldc in
        var length = unsafe k.pointee > 200 ? k.pointee - 1 : k.pointee
        unsafe plainProduct(transA, m, n, &length, a, lda, b, ldb, c, ldc)
      }
    }
    #expect(throws: FaissError.self, "writes between the columns") {
      try unsafe FaissLibrary.checkProducts { transA, _, m, n, k, _, a, lda, b, ldb, _, c, ldc in
        unsafe plainProduct(transA, m, n, k, a, lda, b, ldb, c, ldc)
        if unsafe ldc.pointee > m.pointee { unsafe c[Int(m.pointee)] = 0 }
      }
    }
  }
}

/// C = op(A) B in Fortran's order, as it is defined.
private func plainProduct(
  _ transA: UnsafePointer<CChar>,
  _ m: UnsafePointer<Int32>,
  _ n: UnsafePointer<Int32>,
  _ k: UnsafePointer<Int32>,
  _ a: UnsafePointer<Float>,
  _ lda: UnsafePointer<Int32>,
  _ b: UnsafePointer<Float>,
  _ ldb: UnsafePointer<Int32>,
  _ c: UnsafeMutablePointer<Float>,
  _ ldc: UnsafePointer<Int32>
) {
  let transposed = unsafe transA.pointee == CChar(UInt8(ascii: "T"))
  let (rows, lda, ldb, ldc) = unsafe (
    Int(m.pointee), Int(lda.pointee), Int(ldb.pointee), Int(ldc.pointee)
  )
  for column in unsafe 0..<Int(n.pointee) {
    for row in 0..<rows {
      var sum = 0.0
      for term in unsafe 0..<Int(k.pointee) {
        let left = unsafe transposed ? a[row * lda + term] : a[term * lda + row]
        sum += unsafe Double(left) * Double(b[column * ldb + term])
      }
      unsafe c[column * ldc + row] = Float(sum)
    }
  }
}
