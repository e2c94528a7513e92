internal import Synchronization

/// Workers that are not in use, so that a search after the first allocates none.
final class WorkerStore: Sendable {
  private let idle = Mutex<[ListSearchWorker]>([])

  /// A worker with room for `batch` queries that keep `keep` candidates.
  func take(_ index: IVFIndex, batch: Int, keep: Int) -> ListSearchWorker {
    let found = idle.withLock { idle -> ListSearchWorker? in
      guard let place = idle.firstIndex(where: { $0.suits(batch: batch, keep: keep) }) else {
        // One that is too small would stay so: it makes room for a larger one.
        _ = idle.popLast()
        return nil
      }
      return idle.remove(at: place)
    }
    return found ?? ListSearchWorker(index, batch: batch, keep: keep)
  }

  /// Keeps a worker for the next search.
  func giveBack(_ worker: ListSearchWorker) { idle.withLock { $0.append(worker) } }
}
