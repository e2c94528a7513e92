import Dispatch
import Synchronization
import Testing
import VectorCore

@Suite struct PrefetchTests {
  struct Refused: Error, Equatable {
    let number: Int
  }

  @Test(arguments: [0, 1, 2, 3, 8], [1, 2, 5, 100])
  func resultsComeInOrder(workers: Int, ahead: Int) throws {
    let prefetch = Prefetch(3..<40, workers: workers, ahead: ahead) { $0 * $0 }
    var results: [Int] = []
    while let result = try prefetch.next() { results.append(result) }
    #expect(results == (3..<40).map { $0 * $0 })
    #expect(try prefetch.next() == nil)
  }

  @Test(arguments: [0, 1, 3])
  func anErrorComesInItsPlace(workers: Int) throws {
    let prefetch = Prefetch(0..<6, workers: workers, ahead: 4) { number in
      guard number % 3 != 2 else { throw Refused(number: number) }
      return number
    }
    #expect(try prefetch.next() == 0)
    #expect(try prefetch.next() == 1)
    #expect(throws: Refused(number: 2)) { try prefetch.next() }
    #expect(try prefetch.next() == 3)
    #expect(try prefetch.next() == 4)
    #expect(throws: Refused(number: 5)) { try prefetch.next() }
    #expect(try prefetch.next() == nil)
  }

  @Test func noMoreIsMadeThanMayWait() throws {
    let made = Counter()
    let prefetch = Prefetch(0..<100, workers: 2, ahead: 3) { number in
      made.add()
      return number
    }
    for taken in 1...10 {
      #expect(try prefetch.next() == taken - 1)
      #expect(made.count <= taken + 3)
    }
  }

  @Test func noMoreThreadsWorkThanThereAreWorkers() throws {
    let busy = Mutex((now: 0, most: 0))
    let prefetch = Prefetch(0..<60, workers: 2, ahead: 20) { number in
      busy.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      for step in 0..<10_000 where step == number { _ = busy.withLock { $0.now } }
      busy.withLock { $0.now -= 1 }
      return number
    }
    while try prefetch.next() != nil {}
    #expect(busy.withLock { $0.most } <= 2)
  }

  @Test func droppingStopsTheWork() throws {
    let made = Counter()
    let begun = DispatchSemaphore(value: 0)
    let goOn = DispatchSemaphore(value: 0)
    let ended = DispatchSemaphore(value: 0)
    func startAndDrop() {
      let prefetch = Prefetch(0..<1000, workers: 1, ahead: 100) { number in
        made.add()
        begun.signal()
        goOn.wait()
        ended.signal()
        return number
      }
      begun.wait()
      withExtendedLifetime(prefetch) {}
    }
    startAndDrop()
    goOn.signal()
    ended.wait()
    // A second piece of work would announce itself.
    #expect(begun.wait(timeout: .now() + .milliseconds(100)) == .timedOut)
    #expect(made.count == 1)
  }
}

/// A number that several threads raise.
private final class Counter: Sendable {
  private let value = Mutex(0)

  var count: Int { value.withLock { $0 } }

  func add() { value.withLock { $0 += 1 } }
}
