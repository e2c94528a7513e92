import Testing
import Training

@Suite struct CandidateMaskTests {
  /// Two queries with two passages each.
  private func leftOut(
    _ ids: [UInt64],
    texts: [UInt64]? = nil,
    positives: [Set<UInt64>]
  ) -> [[Bool]] {
    let mask = CandidateMask(
      targets: [0, 2],
      positives: positives,
      ids: ids,
      texts: texts ?? ids.map { $0 + 100 }
    )
    return [Array(mask.isLeftOut.prefix(4)), Array(mask.isLeftOut.suffix(4))]
  }

  @Test func differentPassagesAllCount() {
    let mask = leftOut([1, 2, 3, 4], positives: [[1], [3]])
    #expect(mask == [[false, false, false, false], [false, false, false, false]])
  }

  @Test func aKnownPositiveIsNoNegative() {
    let mask = leftOut([1, 2, 3, 4], positives: [[1, 3], [3, 2]])
    #expect(mask == [[false, false, true, false], [false, true, false, false]])
  }

  @Test func aSecondCopyOfThePositiveIsNoNegative() {
    let mask = leftOut([1, 3, 3, 1], positives: [[1], [3]])
    #expect(mask == [[false, false, true, true], [false, true, false, true]])
  }

  @Test func aNegativeThatComesTwiceCountsOnce() {
    let mask = leftOut([1, 9, 3, 9], positives: [[1], [3]])
    #expect(mask == [[false, false, false, true], [false, false, false, true]])
  }

  @Test func thePositivesTextUnderAnotherIdIsNoNegative() {
    let mask = leftOut([1, 2, 3, 4], texts: [7, 8, 7, 9], positives: [[1], [3]])
    #expect(mask == [[false, false, true, false], [true, false, false, false]])
  }

  @Test func aNegativesTextUnderAnotherIdCountsOnce() {
    let mask = leftOut([1, 2, 3, 4], texts: [6, 8, 7, 8], positives: [[1], [3]])
    #expect(mask == [[false, false, false, true], [false, false, false, true]])
  }

  @Test func theTargetAlwaysCounts() {
    // Both queries have the same positive: the second's own is a repetition.
    let mask = leftOut([1, 2, 1, 4], positives: [[1], [1]])
    #expect(mask == [[false, false, true, false], [true, false, false, false]])
  }
}
