internal import CFaiss
package import IndexStore
package import VectorCore

/// The owner of an index in C.
@safe
struct OwnedIndex: ~Copyable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { unsafe self.pointer = unsafe pointer }

  deinit { unsafe cfaiss_free(pointer) }
}

/// An index that is being built: it belongs to one thread, and nobody can search it yet.
package struct FaissBuilder: ~Copyable {
  /// What the index is made of.
  package let description: FaissDescription
  private let index: OwnedIndex
  private let gpu: GPUPlace?
  /// The copy that vectors are added to, from the first one on.
  private var filling: GPUFilling?

  /// Makes an empty index.
  ///
  /// - Parameters:
  ///   - description: what it is made of.
  ///   - gpu: where k-means compares its vectors and added ones are encoded; `nil` for the host.
  /// - Throws: ``FaissError`` for a description that faiss refuses and where OpenBLAS is broken.
  package init(_ description: FaissDescription, on gpu: GPUPlace? = nil) throws(FaissError) {
    try FaissLibrary.prepare()
    var request = description.cDescription
    var made: OpaquePointer?
    try unsafe check(cfaiss_create(&request, &made), "create")
    guard let made = unsafe made else {
      throw FaissError(operation: "create", code: .unknown, message: "no index was made")
    }
    self.description = description
    self.gpu = gpu
    index = unsafe OwnedIndex(made)
  }

  /// Trains on vectors, `[n, dimension]`.
  ///
  /// - Parameters:
  ///   - vectors: finite, and no longer than ``FaissDescription/longestSquared`` allows.
  ///   - threads: how many OpenMP threads may work.
  /// - Throws: ``FaissError`` where there are fewer than cells or centroids, or no such GPU.
  package func train(_ vectors: [Float], threads: Int) throws(FaissError) {
    let rows = vectors.count / description.dimension
    let threads = Int32(clamping: threads)
    guard let gpu else {
      return try unsafe check(cfaiss_train(index.pointer, rows, vectors, threads), "train")
    }
    var place = gpu.cPlace
    let status = unsafe cfaiss_gpu_train(index.pointer, &place, rows, vectors, threads)
    try checkGPU(status, "train")
  }

  /// Appends vectors, `[n, dimension]`, as the next rows; as for ``train(_:threads:)``.
  package mutating func add(_ vectors: [Float], threads: Int) throws(FaissError) {
    let rows = vectors.count / description.dimension
    if let gpu {
      if filling == nil { filling = try unsafe GPUFilling(index.pointer, gpu) }
      return try filling?.add(vectors, rows: rows) ?? ()
    }
    try unsafe check(cfaiss_add(index.pointer, rows, vectors, Int32(clamping: threads)), "add")
  }

  /// Ends the construction: from now on the index does not change.
  ///
  /// - Throws: ``FaissError`` where a GPU does not give it back.
  package consuming func finish() throws(FaissError) -> FaissHandle {
    try unsafe filling?.finish(into: index.pointer)
    return FaissHandle(description, index)
  }
}

/// An index in C that nobody changes any more.
// @unchecked Sendable because the C interface allows concurrent searches, and offers no way here
// to change the index.
package final class FaissHandle: @unchecked Sendable {
  /// What the index is made of.
  package let description: FaissDescription
  private let index: OwnedIndex

  fileprivate init(_ description: FaissDescription, _ index: consuming OwnedIndex) {
    self.description = description
    self.index = index
  }

  /// The index in C, valid as long as the handle.
  @unsafe
  var pointer: OpaquePointer { unsafe index.pointer }

  /// The number of rows.
  package var count: Int { unsafe Int(cfaiss_count(index.pointer)) }

  /// Reads an index from bytes that ``serialized()`` made; they are copied and not trusted.
  ///
  /// - Parameters:
  ///   - bytes: the index in faiss's format.
  ///   - description: what it must be.
  ///   - count: how many rows it must have.
  /// - Throws: ``CorruptIndex`` where the bytes are anything else, ``FaissError`` where memory is
  ///   missing or OpenBLAS is broken.
  package init(
    _ bytes: SharedArray<UInt8>,
    as description: FaissDescription,
    count: Int
  ) throws {
    try FaissLibrary.prepare()
    var request = description.cDescription
    var place = 0
    var read: OpaquePointer?
    do throws(FaissError) {
      try unsafe bytes.withUnsafeBufferPointer { bytes throws(FaissError) in
        guard let start = bytes.baseAddress else {
          throw FaissError(operation: "open", code: .corrupt, message: "there are no bytes")
        }
        let status = unsafe cfaiss_deserialize(
          &request,
          Int64(count),
          start,
          bytes.count,
          &place,
          &read
        )
        try check(status, "open")
      }
    } catch {
      guard error.code == .corrupt else { throw error }
      throw CorruptIndex(place: place, reason: error.message)
    }
    guard let read = unsafe read else {
      throw FaissError(operation: "open", code: .unknown, message: "no index was read")
    }
    self.description = description
    index = unsafe OwnedIndex(read)
  }

  /// The index in faiss's own format.
  ///
  /// - Throws: ``FaissError`` where memory is missing.
  package func serialized() throws(FaissError) -> SharedArray<UInt8> {
    var size = 0
    try unsafe check(cfaiss_serialized_size(index.pointer, &size), "store")
    let memory = MutableMemory<UInt8>(count: size)
    guard let start = unsafe memory.elements.baseAddress else { return memory.frozen() }
    try unsafe check(cfaiss_serialize(index.pointer, start, size), "store")
    return memory.frozen()
  }

  /// Writes the vectors of rows of the index, those of IVF-PQ as their codes have them.
  package func reconstruct(_ rows: Span<UInt32>, into destination: inout MutableSpan<Float>) {
    precondition(destination.count == rows.count * description.dimension)
    let status = unsafe rows.withUnsafeBufferPointer { rows in
      unsafe destination.withUnsafeMutableBufferPointer { target in
        guard let first = rows.baseAddress, let target = target.baseAddress else {
          return CFAISS_OK
        }
        return unsafe cfaiss_reconstruct(index.pointer, rows.count, first, target)
      }
    }
    // Rows are the caller's to check, and nothing else can be wrong.
    precondition(status == CFAISS_OK, "rows that the index does not have")
  }

  /// Finds neighbours for `[n, dimension]` queries in the calling thread.
  ///
  /// - Parameters:
  ///   - queries: finite, and no longer than ``FaissDescription/longestSquared`` allows.
  ///   - k: neighbours per query, `1...count`.
  ///   - search: what kind of search; it must be the index's kind.
  /// - Returns: nearest first, ties by row.
  /// - Throws: ``FaissError`` for a search of another kind and where memory is missing.
  package func search(
    _ queries: [Float],
    k: Int,
    _ search: FaissSearch
  ) throws(FaissError) -> NearestRows {
    let n = queries.count / description.dimension
    var found = NearestRows(queryCount: n, k: k)
    guard n > 0 else { return found }
    let status =
      switch search {
      case .flat:
        unsafe cfaiss_flat_search(
          index.pointer,
          n,
          queries,
          k,
          &found.counts,
          &found.rows,
          &found.distances
        )
      case .ivfpq(let nprobe, let maxCodes):
        unsafe cfaiss_ivfpq_search(
          index.pointer,
          n,
          queries,
          k,
          nprobe,
          maxCodes,
          &found.counts,
          &found.rows,
          &found.distances
        )
      case .hnsw(let efSearch):
        unsafe cfaiss_hnsw_search(
          index.pointer,
          n,
          queries,
          k,
          efSearch,
          &found.counts,
          &found.rows,
          &found.distances
        )
      }
    try check(status, "search")
    return found
  }
}

/// Bytes that are not the index that they should be.
package struct CorruptIndex: Error, Equatable {
  /// The offset of the field that is wrong.
  package let place: Int
  /// What is wrong with it.
  package let reason: String

  package init(place: Int, reason: String) {
    self.place = place
    self.reason = reason
  }
}

/// A search with its parameters.
package enum FaissSearch: Sendable {
  /// Every row.
  case flat
  /// Some cells, until `maxCodes` vectors were seen; 0 sets no limit.
  case ivfpq(nprobe: Int, maxCodes: Int)
  /// A beam through the graph.
  case hnsw(efSearch: Int)
}
