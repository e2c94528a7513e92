package import IndexStore
package import VectorCore

/// An index of faiss behind the protocols of Needletail.
package struct FaissIndex: GPUSearchable, ReconstructingIndex {
  package let summary: IndexSummary
  package let ids: VectorIDs
  package let handle: FaissHandle
  /// The copy that is searched; `nil` where the host is.
  private let copy: FaissCopy?

  /// The file section that holds the index in faiss's own format.
  static let section = "faiss"

  /// Takes an index just built.
  init(
    _ handle: FaissHandle,
    backend: any IndexBackend.Type,
    parameters: Parameters,
    vectors: VectorSet
  ) {
    self.handle = handle
    copy = nil
    ids = vectors.ids
    summary = IndexSummary(
      backend: backend.name,
      parameters: parameters,
      metric: handle.description.metric,
      count: vectors.count,
      dimension: vectors.dimension,
      seed: handle.description.seed
    )
  }

  /// Opens a stored index.
  ///
  /// - Parameters:
  ///   - file: an open index file.
  ///   - backend: whose parameters the file must hold.
  ///   - kind: reads the kind of index from resolved parameters; `nil` where they make no sense.
  /// - Throws: ``VectorCore/FileError`` where parameters or bytes are not those of such an index.
  init(
    _ file: IndexFile,
    backend: any IndexBackend.Type,
    kind: (Parameters) -> FaissDescription.Kind?
  ) throws {
    summary = file.summary
    ids = file.ids
    copy = nil
    let resolved = try? summary.parameters.resolved(
      against: backend.buildParameters,
      owner: backend.name
    )
    guard let resolved, let kind = kind(resolved) else {
      throw file.corrupt(
        section: Self.section,
        place: nil,
        reason: "the parameters '\(summary.parameters)' are not those of a stored \(backend.name)"
      )
    }
    let count = try file.elementCount(Self.section, of: UInt8.self)
    let bytes = try file.array(Self.section, of: UInt8.self, count: count)
    let description = FaissDescription(
      kind,
      metric: summary.metric,
      dimension: summary.dimension,
      seed: summary.seed
    )
    do {
      handle = try FaissHandle(bytes, as: description, count: summary.count)
    } catch let corrupt as CorruptIndex {
      throw file.corrupt(
        section: Self.section,
        place: "byte \(corrupt.place)",
        reason: corrupt.reason
      )
    }
  }

  private init(_ index: FaissIndex, _ copy: FaissCopy) {
    (summary, ids, handle) = (index.summary, index.ids, index.handle)
    self.copy = copy
  }

  /// The index, searched on a GPU.
  ///
  /// `faiss-flat` gives the same answers there, but in half precision, which proves nothing; those of
  /// `faiss-ivfpq` may differ in the last bits of their scores, also from batch to batch.
  /// - Throws: ``FaissError`` where faiss has no GPUs or no such index on them, and where memory is missing.
  package func copied(to place: GPUPlace) throws -> any StoredIndex {
    FaissIndex(self, try FaissCopy(of: handle, on: place))
  }

  package func store(in writer: inout IndexFileWriter) throws {
    try writer.write(Self.section, handle.serialized())
  }

  package func nearestRows(
    to queries: Span<Float>,
    k: Int,
    parameters: Parameters,
    threads: Int
  ) throws -> NearestRows {
    let search = try search(parameters)
    let dimension = summary.dimension
    let count = queries.count / dimension
    let all = Array(copying: queries)
    try handle.description.checkLengths(all, what: "queries", firstRow: 0)
    var found = NearestRows(queryCount: count, k: k)
    // A query's result does not depend on its batch, so batches are cut as suits the threads.
    let share = copy == nil ? max(1, (count + threads - 1) / threads) : max(1, count)
    let chunk = min(share, batchLimit(search, k: k))
    try found.write { results in
      try parallelFor(count, chunk: chunk, threads: threads) { _, range in
        let batch = Array(all[range.lowerBound * dimension..<range.upperBound * dimension])
        let part =
          try copy?.search(batch, k: k, search) ?? handle.search(batch, k: k, search)
        for (place, query) in range.enumerated() {
          for rank in 0..<part.counts[place] {
            results.set(
              query: query,
              rank: rank,
              row: part.rows[place * k + rank],
              distance: part.distances[place * k + rank]
            )
          }
          results.setCount(query: query, part.counts[place])
        }
      }
    }
    return found
  }

  package var scannedShare: Double {
    if case .flat = handle.description.kind { 0.5 } else { Self.scannedShare(count: summary.count) }
  }

  package func reconstruct(
    _ rows: Span<UInt32>,
    into destination: inout MutableSpan<Float>
  ) throws(FileError) {
    handle.reconstruct(rows, into: &destination)
  }

  /// The search that the parameters ask for.
  private func search(_ parameters: Parameters) throws(IndexError) -> FaissSearch {
    switch handle.description.kind {
    case .flat:
      _ = try parameters.resolved(
        against: FaissFlatBackend.searchParameters,
        owner: FaissFlatBackend.name
      )
      return .flat
    case .ivfpq:
      let resolved = try parameters.resolved(
        against: FaissIVFPQBackend.searchParameters,
        owner: FaissIVFPQBackend.name
      )
      return .ivfpq(nprobe: resolved.integer("nprobe"), maxCodes: resolved.integer("max_codes"))
    case .hnsw:
      let resolved = try parameters.resolved(
        against: FaissHNSWBackend.searchParameters,
        owner: FaissHNSWBackend.name
      )
      return .hnsw(efSearch: resolved.integer("efSearch"))
    }
  }

  /// How many queries go to faiss at a time: memory for their candidates stays bounded, and a walk
  /// through a graph, which gains nothing from company, is shared out finely.
  private func batchLimit(_ search: FaissSearch, k: Int) -> Int {
    let room = 1 << 22
    switch search {
    case .flat: return max(1, min(4096, room / (2 * k + 16)))
    case .ivfpq(let nprobe, _): return max(1, min(1024, room / max(k, min(nprobe, summary.count))))
    case .hnsw: return 64
    }
  }
}
