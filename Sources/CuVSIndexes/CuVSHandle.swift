internal import CCuVS
internal import Synchronization
internal import VectorCore

/// An index on the GPU, asked by one thread at a time.
// @unchecked Sendable because the pointer is used under the lock.
@safe
final class CuVSHandle: @unchecked Sendable {
  private let index: OpaquePointer
  private let dimension: Int
  private let turn = Mutex(())

  /// Rows and scores of a batch, `[n, k]`, as cuVS has them.
  struct Answers {
    var rows: [Int64]
    var scores: [Float]
  }

  private init(_ index: OpaquePointer?, dimension: Int) throws(CuVSError) {
    guard let index = unsafe index else {
      throw CuVSError(operation: "open", code: .refused, message: "no index was made")
    }
    unsafe self.index = index
    self.dimension = dimension
  }

  deinit { unsafe ccuvs_free(index) }

  /// Brings vectors, `[count, dimension]`, to the GPU, to be compared with all.
  static func flat(
    _ vectors: SharedArray<Float>,
    dimension: Int,
    metric: Metric
  ) throws(CuVSError) -> CuVSHandle {
    let library = try CuVSLibrary.shared()
    var made: OpaquePointer?
    try unsafe vectors.withVectors(dimension, metric) { vectors throws(CuVSError) in
      var vectors = unsafe vectors
      try check(unsafe ccuvs_flat(library.functions, &vectors, &made), "bring vectors to the GPU")
    }
    return try unsafe CuVSHandle(made, dimension: dimension)
  }

  /// Brings vectors and a graph, `[count, degree]`, to the GPU; links must be below the count.
  static func cagra(
    _ vectors: SharedArray<Float>,
    dimension: Int,
    metric: Metric,
    graph: SharedArray<UInt32>,
    degree: Int
  ) throws(CuVSError) -> CuVSHandle {
    let library = try CuVSLibrary.shared()
    var made: OpaquePointer?
    try unsafe vectors.withVectors(dimension, metric) { vectors throws(CuVSError) in
      var vectors = unsafe vectors
      guard let links = unsafe graph.baseAddress else { return }
      let status = unsafe ccuvs_cagra(library.functions, &vectors, links, Int64(degree), &made)
      try check(status, "bring a graph to the GPU")
    }
    return try unsafe CuVSHandle(made, dimension: dimension)
  }

  /// Brings cells to the GPU from a file that ``CCuVS`` wrote.
  static func ivfpq(path: String, dimension: Int) throws(CuVSError) -> CuVSHandle {
    let library = try CuVSLibrary.shared()
    var made: OpaquePointer?
    try check(unsafe ccuvs_ivfpq(library.functions, path, &made), "bring cells to the GPU")
    return try unsafe CuVSHandle(made, dimension: dimension)
  }

  /// Finds the nearest of queries, `[n, dimension]`.
  func search(_ queries: ArraySlice<Float>, _ plan: CuVSSearch) throws(CuVSError) -> Answers {
    let n = queries.count / dimension
    var asked = ccuvs_search_plan(
      k: Int64(plan.k),
      itopk_size: Int64(plan.itopkSize),
      search_width: Int64(plan.searchWidth),
      n_probes: Int64(plan.probes)
    )
    var answers = Answers(
      rows: [Int64](repeating: -1, count: n * plan.k),
      scores: [Float](repeating: 0, count: n * plan.k)
    )
    let status = unsafe queries.withUnsafeBufferPointer { queries in
      turn.withLock { _ in
        guard let queries = queries.baseAddress else { return CCUVS_OK }
        return unsafe ccuvs_search(
          index,
          &asked,
          queries,
          Int64(n),
          Int64(dimension),
          &answers.rows,
          &answers.scores
        )
      }
    }
    try check(status, "search")
    return answers
  }
}

/// A search with its parameters; those of other kinds of index do not count.
struct CuVSSearch {
  let k: Int
  var itopkSize = 0
  var searchWidth = 1
  var probes = 1
}

extension SharedArray<Float> {
  /// The vectors as the C interface takes them, valid during `body`.
  func withVectors<Failure: Error>(
    _ dimension: Int,
    _ metric: Metric,
    _ body: (ccuvs_vectors) throws(Failure) -> Void
  ) throws(Failure) {
    guard let values = unsafe baseAddress else { return }
    try unsafe body(
      ccuvs_vectors(
        values: values,
        count: Int64(count / dimension),
        dimension: Int64(dimension),
        inner_product: metric != .squaredL2
      )
    )
  }
}
