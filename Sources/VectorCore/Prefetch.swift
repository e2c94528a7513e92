internal import Dispatch
internal import Synchronization

/// Results of numbered work in the order of the numbers, made by other threads before they are asked
/// for.
///
/// Work `index` always runs on queue `index mod workers`, one at a time there, so no more than
/// `workers` threads are busy; which thread does what cannot change a result that depends on its
/// number only. At most `ahead` results exist that were not taken yet. An error takes the place of
/// its result, and results before it are given out first.
///
/// Dropping the prefetch stops it: work that has begun ends on its own, and nothing else begins.
/// Only one thread may take results.
package final class Prefetch<Element: Sendable> {
  private let work: @Sendable (Int) throws -> Element
  private let queues: [DispatchQueue]
  private let ahead: Int
  private let stop = StopFlag()
  /// Numbers whose work was not handed to a queue.
  private var left: Range<Int>
  /// Results that are made or in the making, the oldest first.
  private var waiting: [PendingResult<Element>] = []

  /// Starts the first pieces of work.
  ///
  /// - Parameters:
  ///   - range: the numbers of the work, taken in order.
  ///   - workers: how many threads may work; with 0 the thread that asks works itself.
  ///   - ahead: how many results may wait to be taken, at least 1; unused with 0 workers.
  ///   - work: makes the result of a number; called by several threads at once.
  package init(
    _ range: Range<Int>,
    workers: Int,
    ahead: Int,
    _ work: @escaping @Sendable (Int) throws -> Element
  ) {
    precondition(workers >= 0 && ahead > 0, "\(workers) workers, \(ahead) ahead")
    self.work = work
    self.ahead = ahead
    left = range
    queues = (0..<workers).map { DispatchQueue(label: "needletail.prefetch.\($0)") }
    fill()
  }

  deinit { stop.raise() }

  /// The next result, waited for where it is not ready; `nil` behind the last.
  ///
  /// - Throws: what the work threw; the next call gives the result behind it.
  package func next() throws -> Element? {
    guard !queues.isEmpty else {
      guard let index = left.popFirst() else { return nil }
      return try work(index)
    }
    guard !waiting.isEmpty else { return nil }
    let result = waiting.removeFirst()
    fill()
    return try result.wait().get()
  }

  private func fill() {
    guard !queues.isEmpty else { return }
    while waiting.count < ahead, let index = left.popFirst() {
      let result = PendingResult<Element>()
      waiting.append(result)
      // The closure must not hold the prefetch, or dropping that would not stop it.
      queues[index % queues.count].async { [work, stop] in
        guard !stop.isRaised else { return }
        result.set(Result { try work(index) })
      }
    }
  }
}

/// A result that another thread makes.
private final class PendingResult<Element: Sendable>: Sendable {
  private let result = Mutex<Result<Element, any Error>?>(nil)
  private let ready = DispatchSemaphore(value: 0)

  func set(_ value: Result<Element, any Error>) {
    result.withLock { $0 = value }
    ready.signal()
  }

  /// Blocks until there is a result; called once.
  func wait() -> Result<Element, any Error> {
    while true {
      ready.wait()
      if let value = result.withLock({ $0.take() }) { return value }
    }
  }
}

/// A flag that is raised once and seen by all threads.
private final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)

  var isRaised: Bool { flag.load(ordering: .relaxed) }

  func raise() { flag.store(true, ordering: .relaxed) }
}
