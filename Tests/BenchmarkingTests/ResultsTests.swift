import Benchmarking
import Testing

struct ResultsTests {
  @Test func labelsSayWhatDiffers() {
    #expect(Results.labels(["flat", "hnsw:M=16"]) == ["flat", "hnsw"])
    #expect(
      Results.labels(["hnsw:M=16,ef=200", "hnsw:M=32,ef=200", "flat"])
        == ["hnsw M=16", "hnsw M=32", "flat"]
    )
    #expect(Results.labels(["a:x=1,y=2", "a:x=2,y=1"]) == ["a x=1, y=2", "a x=2, y=1"])
    #expect(Results.labels([]).isEmpty)
  }
}
