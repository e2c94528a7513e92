import Synchronization
import Testing
import VectorCore

@Suite("parallelFor")
struct ParallelTests {
  @Test("each item is visited once, whatever the threads", arguments: [1, 2, 3, 8, 64])
  func once(threads: Int) {
    for (count, chunk) in [(0, 4), (1, 4), (7, 7), (8, 7), (1_000, 1), (1_000, 33), (5, 1_000)] {
      let seen = Mutex([Int](repeating: 0, count: count))
      parallelFor(count, chunk: chunk, threads: threads) { worker, range in
        #expect(worker >= 0 && worker < threads)
        #expect(range.lowerBound.isMultiple(of: chunk) && range.count <= chunk)
        seen.withLock { for item in range { $0[item] += 1 } }
      }
      #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test("a worker's number is used by one call at a time")
  func workers() {
    let busy = Mutex(Set<Int>())
    parallelFor(2_000, chunk: 1, threads: 8) { worker, _ in
      #expect(busy.withLock { $0.insert(worker).inserted })
      _ = busy.withLock { $0.remove(worker) }
    }
  }

  private struct Failed: Error, Equatable {
    let at: Int
  }

  @Test("the error of the lowest range is thrown", arguments: [1, 2, 8])
  func errors(threads: Int) {
    for _ in 0..<50 {
      let error = #expect(throws: Failed.self) {
        try parallelFor(1_000, chunk: 10, threads: threads) { _, range in
          if range.lowerBound >= 300 { throw Failed(at: range.lowerBound) }
        } as Void
      }
      #expect(error == Failed(at: 300))
    }
  }

  @Test("nothing is thrown where nothing fails")
  func success() throws {
    let sum = Atomic(0)
    try parallelFor(100, chunk: 9, threads: 4) { (_, range) throws in
      sum.add(range.reduce(0, +), ordering: .relaxed)
    }
    #expect(sum.load(ordering: .relaxed) == 4_950)
  }
}
