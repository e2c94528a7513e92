internal import IndexStore
internal import Needletail

/// What is searched: an index at some parameters, or a set of vectors exactly.
struct SearchTarget {
  /// The path, with the option that names it.
  let source: NamedPath
  let index: any VectorIndex
  let parameters: Parameters
  /// The fingerprint of the model that encoded the vectors, where that is known.
  let model: String?

  /// Opens an index.
  ///
  /// - Parameters:
  ///   - path: the index file.
  ///   - asked: search parameters, possibly with a recall.
  ///   - k: neighbors per query.
  ///   - loading: whether an index file is read into memory first.
  ///   - place: the GPU that it is searched on; `nil` for the host.
  ///   - threads: how many threads may read it.
  /// - Throws: what opening an index throws, and an error for parameters that it does not know.
  init(
    index path: String,
    asked: Parameters,
    k: Int,
    loading: Bool,
    place: GPUPlace?,
    threads: Int
  ) throws {
    source = NamedPath("--index", path)
    if SegmentedIndex.exists(path) {
      guard !loading, place == nil else {
        throw UsageError(
          "\(loading ? "--in-memory" : "--index-device") is for an index file; "
            + "\(path) is an index that can be changed"
        )
      }
      let snapshot = try SegmentedIndex(path)
      let backend = try Needletail.backend(named: snapshot.summary.backend)
      parameters = try asked.resolved(against: backend.searchParameters, owner: backend.name)
      index = snapshot
      model = snapshot.summary.model
      return
    }
    let file = try IndexFile.open(path, loading: loading, threads: threads)
    let opened = try file.index(using: backends + gpuBackends)
    let backend = try Needletail.backend(named: opened.summary.backend)
    parameters = try (try (opened as? TunedIndex)?.searchParameters(asked, k: k) ?? asked)
      .resolved(against: backend.searchParameters, owner: backend.name)
    index = try place.map { try opened.onGPU($0) } ?? opened
    model = file.model
  }

  /// Opens a set of vectors.
  ///
  /// - Parameters:
  ///   - path: a file or a folder of vectors.
  ///   - metric: how they are compared.
  ///   - device: the names of GPUs, cpu or auto.
  ///   - memory: of the GPUs.
  ///   - threads: how many threads may read.
  /// - Throws: what reading the vectors throws, and ``Torch/TorchError`` for devices that are not there.
  init(
    vectors path: String,
    metric: Metric,
    device: String,
    memory: GPUMemoryOption,
    threads: Int
  ) throws {
    let set = try VectorSet.open(path)
    index =
      try memory.maker(on: device, threads: threads)?(set, metric)
      ?? ExactSearch(over: set, metric: metric, threads: threads)
    parameters = [:]
    model = try VectorSet.model(of: path)
    source = NamedPath("--vectors", path)
  }

  /// The same, of which only some rows are found.
  init(_ target: SearchTarget, matching filter: RowFilter, plan: FilterPlan) throws {
    index = try target.index.matching(filter, plan: plan)
    (parameters, model, source) = (target.parameters, target.model, target.source)
  }

  var summary: IndexSummary { index.summary }

  /// The rows that ids and filters are of: deleted ones of an index that can be changed are among them.
  var rowCount: Int { index.ids.count ?? summary.count }
}

extension VectorSet {
  /// The fingerprint of the model that encoded a folder of vectors; `nil` for other files.
  static func model(of path: String) throws -> String? {
    try settings(of: path)?.first { $0.name == "model" }?.value
  }
}
