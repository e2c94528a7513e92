internal import Dispatch
internal import Synchronization

/// Runs `body` over `0..<count` in ranges of `chunk` items on up to `threads` threads.
///
/// Ranges are cut by item, never by thread, so a body whose result depends only on its range gives
/// the same result for any number of threads. The first argument of `body` numbers the worker,
/// `0..<threads`, and can index scratch space: no two calls with one number run at a time.
public func parallelFor(
  _ count: Int,
  chunk: Int,
  threads: Int,
  _ body: @Sendable (_ worker: Int, _ range: Range<Int>) -> Void
) {
  precondition(chunk > 0 && threads > 0, "chunk \(chunk) and threads \(threads) must be positive")
  let workers = min(threads, (count + chunk - 1) / chunk)
  guard workers > 1 else {
    for start in stride(from: 0, to: count, by: chunk) {
      body(0, start..<min(start + chunk, count))
    }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    while true {
      let start = next.wrappingAdd(chunk, ordering: .relaxed).oldValue
      guard start < count else { return }
      body(worker, start..<min(start + chunk, count))
    }
  }
}

/// Like ``parallelFor(_:chunk:threads:_:)`` for a body that can fail.
///
/// - Throws: the error of the lowest range that failed, so that the message does not depend on
///   timing; ranges already started are finished, later ones are skipped.
public func parallelFor(
  _ count: Int,
  chunk: Int,
  threads: Int,
  throwing body: @Sendable (_ worker: Int, _ range: Range<Int>) throws -> Void
) throws {
  guard threads > 1 && count > chunk else {
    for start in stride(from: 0, to: count, by: chunk) {
      try body(0, start..<min(start + chunk, count))
    }
    return
  }
  let failure = Mutex<(start: Int, error: any Error)?>(nil)
  parallelFor(count, chunk: chunk, threads: threads) { worker, range in
    if let first = failure.withLock({ $0?.start }), first < range.lowerBound { return }
    do {
      try body(worker, range)
    } catch {
      failure.withLock { held in
        if held.map({ range.lowerBound < $0.start }) ?? true { held = (range.lowerBound, error) }
      }
    }
  }
  if let error = failure.withLock({ $0?.error }) { throw error }
}
