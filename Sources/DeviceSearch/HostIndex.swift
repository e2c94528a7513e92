internal import FlatIndex
internal import IndexStore
internal import Synchronization
internal import VectorCore

/// The same set as an index of the host, made when it is first needed.
final class HostIndex: Sendable {
  private let vectors: VectorSet
  private let metric: Metric
  private let made = Mutex<(any VectorIndex)?>(nil)

  init(_ vectors: VectorSet, metric: Metric) {
    self.vectors = vectors
    self.metric = metric
  }

  func index(threads: Int) throws -> any VectorIndex {
    try made.withLock { made in
      if let made { return made }
      let index = try FlatBackend.makeIndex(
        over: vectors,
        options: BuildOptions(metric: metric, threads: threads)
      )
      made = index
      return index
    }
  }
}
