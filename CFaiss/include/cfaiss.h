// A C interface to the part of faiss that Needletail uses.
//
// Rules: every function that can fail returns a status and writes its result through a pointer; no
// exception leaves a function; nothing is printed; nothing ends the process. A search never changes
// an index, so several threads may search one at a time. Training and adding must have the index to
// themselves.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

// What became of a call. The numbers are fixed.
typedef enum cfaiss_status {
  // The result is written.
  CFAISS_OK = 0,
  // faiss threw an exception, or an argument makes no sense.
  CFAISS_REFUSED = 1,
  // Memory could not be had.
  CFAISS_NO_MEMORY = 2,
  // Bytes are not the index that they should be.
  CFAISS_CORRUPT = 3,
  // The BLAS computes wrong products.
  CFAISS_WRONG_PRODUCTS = 4,
  // Something was thrown that is no std::exception.
  CFAISS_UNKNOWN = 5,
  // There is no such GPU, or a faiss without GPUs.
  CFAISS_NO_GPU = 7,
} cfaiss_status;

// Why the last call on this thread that failed did so: one line, valid until the next call.
const char *cfaiss_message(void);

// MARK: The libraries below

// A Fortran single-precision matrix product: SGEMM of the BLAS.
typedef void (*cfaiss_gemm)(const char *trans_a, const char *trans_b, const int32_t *m,
                            const int32_t *n, const int32_t *k, const float *alpha, const float *a,
                            const int32_t *lda, const float *b, const int32_t *ldb,
                            const float *beta, float *c, const int32_t *ldc);

// Tells OpenBLAS to work in the calling thread only: faiss has threads of its own, and two pools
// that wait for each other by spinning cost a factor of four.
void cfaiss_initialize(void);

// Compares products of many shapes with a plain double-precision loop. `gemm`: the function to
// check, NULL for the one that faiss calls.
cfaiss_status cfaiss_check_products(cfaiss_gemm _Nullable gemm);

// The name of the kernels that OpenBLAS chose for this processor, "Haswell".
const char *cfaiss_core_name(void);

// How many threads an OpenMP region would use if the calling thread started one now.
int32_t cfaiss_thread_count(void);

// MARK: Indexes

// Which kind of index.
typedef enum cfaiss_kind { CFAISS_FLAT = 0, CFAISS_IVFPQ = 1, CFAISS_HNSW = 2 } cfaiss_kind;

// What an index is made of; fields of other kinds are zero.
typedef struct cfaiss_description {
  cfaiss_kind kind;
  // Inner product where true, squared L2 distance otherwise.
  bool inner_product;
  int32_t dimension;
  // The seed of every random choice, 0...2^31-1.
  int32_t seed;
  // IVF-PQ: number of cells.
  int64_t nlist;
  // IVF-PQ: number of subquantizers, a divisor of the dimension.
  int64_t m;
  // IVF-PQ: bits per subquantizer, 1...8.
  int64_t nbits;
  // IVF-PQ: whether codes hold the difference to the cell's centroid.
  bool by_residual;
  // IVF-PQ, training only: k-means iterations for the cells and for the codes, how often k-means is
  // run to keep the best, and how many training vectors a centroid gets at most.
  int32_t niter;
  int32_t pq_niter;
  int32_t nredo;
  int32_t max_points_per_centroid;
  // HNSW: links per node above level 0, at least 2; level 0 has twice as many.
  int32_t links;
  // HNSW: beam width of the construction.
  int32_t ef_construction;
} cfaiss_description;

// An index; owned by the caller, who frees it.
typedef struct cfaiss_index cfaiss_index;

// Makes an empty index.
cfaiss_status cfaiss_create(const cfaiss_description *description,
                            cfaiss_index *_Nullable *_Nonnull index);

// Frees an index.
void cfaiss_free(cfaiss_index *_Nullable index);

// The first row whose squared length is above `limit` or not a number, or `n`. `x`: `[n, d]`.
size_t cfaiss_first_longer(const float *x, size_t n, size_t d, double limit);

// Trains on `x`, `[n, dimension]`, with `threads` OpenMP threads. IVF-PQ only.
cfaiss_status cfaiss_train(cfaiss_index *index, size_t n, const float *x, int32_t threads);

// Appends `x`, `[n, dimension]`, as the next rows, with `threads` OpenMP threads.
cfaiss_status cfaiss_add(cfaiss_index *index, size_t n, const float *x, int32_t threads);

// The number of rows.
int64_t cfaiss_count(const cfaiss_index *index);

// Writes the vectors of `n` rows, each below the number of rows, to `x`, `[n, dimension]`: those of
// IVF-PQ as their codes have them.
cfaiss_status cfaiss_reconstruct(const cfaiss_index *index, size_t n, const uint32_t *rows,
                                 float *x);

// MARK: Search
//
// All in the calling thread. `x`: `[n, dimension]`; `counts`: `[n]`, how many were found; `rows`
// and `distances`: `[n, k]`, nearest first, ties by row, smaller distances nearer (the negative
// inner product, or the squared L2 distance); entries past a query's count are left as they are. A
// query's result does not depend on the others in its batch.

// Exact search; `k` is at most the number of rows.
cfaiss_status cfaiss_flat_search(const cfaiss_index *index, size_t n, const float *x, size_t k,
                                 intptr_t *counts, uint32_t *rows, float *distances);

// Visits `nprobe` cells (all, where it exceeds their number), and none after `max_codes` vectors
// were seen, unless that is 0.
cfaiss_status cfaiss_ivfpq_search(const cfaiss_index *index, size_t n, const float *x, size_t k,
                                  size_t nprobe, size_t max_codes, intptr_t *counts, uint32_t *rows,
                                  float *distances);

// Walks the graph with a beam of `max(ef, k)`.
cfaiss_status cfaiss_hnsw_search(const cfaiss_index *index, size_t n, const float *x, size_t k,
                                 size_t ef, intptr_t *counts, uint32_t *rows, float *distances);

// MARK: Bytes

// The length of the index in faiss's own format.
cfaiss_status cfaiss_serialized_size(const cfaiss_index *index, size_t *size);

// Writes the index in faiss's own format; `size` is what `cfaiss_serialized_size` said.
cfaiss_status cfaiss_serialize(const cfaiss_index *index, uint8_t *bytes, size_t size);

// Reads an index of `count` rows back. The bytes are copied, and nothing in them is trusted: what
// is not exactly an index of this description is CFAISS_CORRUPT, with `place` the offset of the
// field.
cfaiss_status cfaiss_deserialize(const cfaiss_description *description, int64_t count,
                                 const uint8_t *bytes, size_t size, size_t *place,
                                 cfaiss_index *_Nullable *_Nonnull index);

// MARK: GPUs
//
// Where faiss has a part for GPUs, which is decided when this is compiled. One thread at a time
// works with a copy; others wait.

// Where an index goes, and how it is held there.
typedef struct cfaiss_gpu_place {
  // The GPU's number, from 0.
  int32_t device;
  // Whether flat vectors and the tables of IVF-PQ are in half precision there.
  bool half;
  // Bytes of the memory for intermediate results; 0 for what faiss takes.
  size_t scratch;
} cfaiss_gpu_place;

// Whether there is a part for GPUs.
bool cfaiss_gpu_built(void);

// An index on a GPU, beside the one on the host that it is a copy of.
typedef struct cfaiss_gpu_index cfaiss_gpu_index;

// Copies a flat or an IVF-PQ index to a GPU; `index` must live as long as the copy.
cfaiss_status cfaiss_gpu_copy(const cfaiss_index *index, const cfaiss_gpu_place *place,
                              cfaiss_gpu_index *_Nullable *_Nonnull copy);

// Frees a copy.
void cfaiss_gpu_free(cfaiss_gpu_index *_Nullable copy);

// As `cfaiss_flat_search`, with rows that the GPU proposes and the host scores. In half precision
// nobody proves that no other row is nearer. `k` is at most 2048.
cfaiss_status cfaiss_gpu_flat_search(const cfaiss_gpu_index *copy, size_t n, const float *x,
                                     size_t k, intptr_t *counts, uint32_t *rows, float *distances);

// As `cfaiss_ivfpq_search` without a limit of codes, with the GPU's distances: they may differ in the
// last bits, also from batch to batch. `k` and `nprobe` are at most 2048.
cfaiss_status cfaiss_gpu_ivfpq_search(const cfaiss_gpu_index *copy, size_t n, const float *x,
                                      size_t k, size_t nprobe, intptr_t *counts, uint32_t *rows,
                                      float *distances);

// As `cfaiss_train`, with the cells' k-means on a GPU.
cfaiss_status cfaiss_gpu_train(cfaiss_index *index, const cfaiss_gpu_place *place, size_t n,
                               const float *x, int32_t threads);

// Appends `x`, `[n, dimension]`, as the next rows of a copy.
cfaiss_status cfaiss_gpu_add(cfaiss_gpu_index *copy, size_t n, const float *x);

// Brings an IVF-PQ copy of `index` back into it, with what was added.
cfaiss_status cfaiss_gpu_take(cfaiss_index *index, const cfaiss_gpu_index *copy);

// What plays faiss's part for GPUs in tests. The pointers are to faiss::Index; those that come back are
// the caller's, and the functions may throw.
typedef struct cfaiss_gpu_library {
  int32_t (*_Nonnull count)(void);
  void *_Nonnull (*_Nonnull to_gpu)(const void *index, const cfaiss_gpu_place *place);
  void *_Nonnull (*_Nonnull to_host)(const void *index);
} cfaiss_gpu_library;

// Puts something in its place; NULL for faiss's own. `library` must live on.
void cfaiss_gpu_replace(const cfaiss_gpu_library *_Nullable library);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif
