internal import CFaiss
internal import IndexStore
internal import VectorCore

/// A copy of an index on a GPU.
// @unchecked Sendable because the C interface lets one thread after the other work with it.
@safe
final class FaissCopy: @unchecked Sendable {
  /// The most neighbors, and the most cells of a query, that faiss's kernels select.
  static let most = 2_048

  private let pointer: OpaquePointer
  // What the pointer's copy refers to.
  private let host: FaissHandle

  /// Copies an index to a GPU.
  ///
  /// - Throws: ``FaissError`` where faiss has no GPUs, there is no such one, or its memory does not suffice.
  init(of host: FaissHandle, on place: GPUPlace) throws(FaissError) {
    var request = place.cPlace
    var made: OpaquePointer?
    try checkGPU(unsafe cfaiss_gpu_copy(host.pointer, &request, &made), "copy to the GPU")
    guard let made = unsafe made else {
      throw FaissError(operation: "copy to the GPU", code: .unknown, message: "nothing was made")
    }
    unsafe pointer = unsafe made
    self.host = host
  }

  deinit { unsafe cfaiss_gpu_free(pointer) }

  /// Finds neighbors for `[n, dimension]` queries, as ``FaissHandle/search(_:k:_:)``.
  func search(_ queries: [Float], k: Int, _ search: FaissSearch) throws(FaissError) -> NearestRows {
    let n = queries.count / host.description.dimension
    var found = NearestRows(queryCount: n, k: k)
    guard n > 0 else { return found }
    let status: cfaiss_status
    switch search {
    case .flat:
      status = unsafe cfaiss_gpu_flat_search(
        pointer,
        n,
        queries,
        k,
        &found.counts,
        &found.rows,
        &found.distances
      )
    case .ivfpq(let nprobe, let maxCodes):
      guard maxCodes == 0 else {
        throw FaissError(
          operation: "search",
          code: .refused,
          message: "max_codes is not for GPUs; leave it out"
        )
      }
      status = unsafe cfaiss_gpu_ivfpq_search(
        pointer,
        n,
        queries,
        k,
        nprobe,
        &found.counts,
        &found.rows,
        &found.distances
      )
    case .hnsw:
      preconditionFailure("no graph is copied to a GPU")
    }
    try checkGPU(status, "search")
    return found
  }
}

extension GPUPlace {
  var cPlace: cfaiss_gpu_place {
    cfaiss_gpu_place(
      device: Int32(clamping: ordinal),
      half: usesHalf,
      scratch: scratchBytes ?? 0
    )
  }
}

/// Throws what a status says, with the remedies of GPUs.
func checkGPU(_ status: cfaiss_status, _ operation: String) throws(FaissError) {
  do throws(FaissError) {
    try check(status, operation)
  } catch {
    let remedy: String
    switch error.code {
    case .outOfMemory:
      remedy =
        "; hold it in half precision, allow less --gpu-memory for intermediate results, or search on the cpu"
    case .noGPU:
      remedy =
        cfaiss_gpu_built()
        ? "; name another, or use the cpu"
        : "; build Needletail with the trait FaissGPU over a faiss with GPUs, or use the cpu"
    default: throw error
    }
    throw FaissError(
      operation: error.operation,
      code: error.code,
      message: error.message + remedy
    )
  }
}

/// An index on a GPU while vectors are added to it.
@safe
struct GPUFilling: ~Copyable {
  private let pointer: OpaquePointer

  /// Copies a trained index to a GPU; it must outlive the copy.
  @unsafe
  init(_ index: OpaquePointer, _ gpu: GPUPlace) throws(FaissError) {
    var place = gpu.cPlace
    var made: OpaquePointer?
    try checkGPU(unsafe cfaiss_gpu_copy(index, &place, &made), "add")
    guard let made = unsafe made else {
      throw FaissError(operation: "add", code: .unknown, message: "nothing was made")
    }
    unsafe pointer = unsafe made
  }

  deinit { unsafe cfaiss_gpu_free(pointer) }

  /// Appends vectors, `[rows, dimension]`.
  func add(_ vectors: [Float], rows: Int) throws(FaissError) {
    try checkGPU(unsafe cfaiss_gpu_add(pointer, rows, vectors), "add")
  }

  /// Brings all back into the index that was copied.
  @unsafe
  func finish(into index: OpaquePointer) throws(FaissError) {
    try checkGPU(unsafe cfaiss_gpu_take(index, pointer), "copy from the GPU")
  }
}
