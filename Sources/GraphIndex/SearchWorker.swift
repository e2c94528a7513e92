internal import Synchronization

/// The memory of one search: a walk's scratch and a query padded to the rows' stride.
// @unchecked Sendable because a worker is out of the store while it is used, so one thread has it.
@safe
final class SearchWorker: @unchecked Sendable {
  var walk: WalkScratch
  private let padded: UnsafeMutablePointer<Float>

  fileprivate init(nodes: Int, degree: Int, stride: Int) {
    walk = WalkScratch(nodes: nodes, degree: degree)
    unsafe padded = .allocate(capacity: stride)
    unsafe padded.initialize(repeating: 0, count: stride)
  }

  deinit { unsafe padded.deallocate() }

  /// The query loaded last, `[stride]`.
  var query: UnsafePointer<Float> { unsafe UnsafePointer(padded) }

  /// Takes one query of the row-major `queries`.
  func load(_ queries: [Float], query: Int, dimension: Int) {
    for column in 0..<dimension {
      unsafe padded[column] = queries[query * dimension + column]
    }
  }
}

/// Workers that are not in use, so that a search after the first allocates none.
final class WorkerStore: Sendable {
  private let idle = Mutex<[SearchWorker]>([])

  /// A worker for a graph of these measures; every call on one store names the same.
  func take(nodes: Int, degree: Int, stride: Int) -> SearchWorker {
    idle.withLock { $0.popLast() }
      ?? SearchWorker(nodes: nodes, degree: degree, stride: stride)
  }

  /// Keeps a worker for the next search.
  func giveBack(_ worker: SearchWorker) { idle.withLock { $0.append(worker) } }
}
