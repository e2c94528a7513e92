import Testing
import VectorCore

@Suite("Metric")
struct MetricTests {
  @Test("names are those of the command line")
  func names() {
    #expect(Metric(rawValue: "ip") == .innerProduct)
    #expect(Metric(rawValue: "cosine") == .cosine)
    #expect(Metric(rawValue: "l2") == .squaredL2)
    #expect(Metric(rawValue: "euclidean") == nil)
  }

  @Test("scores are what users know: larger is nearer but for l2")
  func scores() {
    #expect(Metric.innerProduct.score(fromDistance: -3) == 3)
    #expect(Metric.cosine.score(fromDistance: -0.5) == 0.5)
    #expect(Metric.squaredL2.score(fromDistance: 4) == 4)
    #expect(Metric.innerProduct.largerIsNearer && Metric.cosine.largerIsNearer)
    #expect(!Metric.squaredL2.largerIsNearer)
    #expect(Metric.allCases.filter(\.normalizes) == [.cosine])
  }

  @Test("what is nearest has the least distance, and no distance is plus zero")
  func nearness() {
    #expect(Metric.innerProduct.distance(fromNearness: 3) == -3)
    #expect(Metric.cosine.distance(fromNearness: -0.5) == 0.5)
    #expect(Metric.squaredL2.distance(fromNearness: -4) == 4)
    #expect(Metric.squaredL2.distance(fromNearness: 0).sign == .plus)
    #expect(Metric.squaredL2.distance(fromNearness: -0.0).sign == .plus)
  }
}
