import CKernels
import Testing

@Suite("Cache sizes")
struct CacheTests {
  @Test("nothing fits every cache, and all memory fits none")
  func bounds() {
    #expect(needle_outgrows_cache(0) == 0)
    #expect(needle_outgrows_cache(Int(Int32.max) * 1_000) != 0)
    let sizes = (0..<40).map { needle_outgrows_cache(1 << $0) != 0 }
    #expect(sizes == sizes.sorted { !$0 && $1 }, "more bytes fit worse")
  }
}
