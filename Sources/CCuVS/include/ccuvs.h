// cuVS, NVIDIA's vector search on GPUs, behind plain arrays of the host.
//
// The library is opened at run time: programs need neither its headers nor a GPU. Rules: every function
// that can fail returns a status and writes its result through a pointer; nothing ends the process. An
// index is on the GPU that is current where it is made, CUDA's first, and belongs to one thread at a time.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// What became of a call. The numbers are fixed.
typedef enum ccuvs_status {
  // The result is written.
  CCUVS_OK = 0,
  // There is no such library.
  CCUVS_NOT_FOUND = 1,
  // It is no cuVS, or one of another version.
  CCUVS_UNUSABLE = 2,
  // cuVS says why: there is no GPU, its memory is full, or parameters make no sense.
  CCUVS_REFUSED = 3,
  // Memory of the host could not be had.
  CCUVS_NO_MEMORY = 4,
} ccuvs_status;

// Why the last call on this thread that failed did so: one line, valid until the next call.
const char *ccuvs_message(void);

// MARK: The library

// Its functions; there for as long as the process.
typedef struct ccuvs_library ccuvs_library;

// The address of a function of cuVS, NULL for one that is not there.
typedef void *_Nullable (*ccuvs_resolver)(void *_Nullable context, const char *name);

// Opens the library at a path, or by a name without a slash that the loader finds.
ccuvs_status ccuvs_open(const char *path, const ccuvs_library *_Nullable *_Nonnull library);

// Takes the functions from `resolve`, in place of a file.
ccuvs_status ccuvs_bind(ccuvs_resolver resolve, void *_Nullable context,
                        const ccuvs_library *_Nullable *_Nonnull library);

// Writes the version as cuVS counts: year, month, patch.
void ccuvs_version(const ccuvs_library *library, int32_t version[_Nonnull 3]);

// MARK: Indexes

// Vectors of the host, `[count, dimension]`.
typedef struct ccuvs_vectors {
  const float *values;
  int64_t count;
  int64_t dimension;
  // Compared by inner products where true, by squared L2 distance otherwise.
  bool inner_product;
} ccuvs_vectors;

// An index on the GPU; owned by the caller, who frees it.
typedef struct ccuvs_index ccuvs_index;

// Brings vectors to the GPU, to be compared with all.
ccuvs_status ccuvs_flat(const ccuvs_library *library, const ccuvs_vectors *vectors,
                        ccuvs_index *_Nullable *_Nonnull index);

// How CAGRA builds a graph.
typedef struct ccuvs_cagra_plan {
  // Links of a node, and neighbors of a vector that they are chosen from.
  int64_t degree;
  int64_t intermediate_degree;
  // Finds the neighbors: 0 as cuVS likes, 1 by IVF-PQ, 2 by NN-descent, 3 by searches of the graph so far.
  int32_t method;
} ccuvs_cagra_plan;

// Builds a graph, and writes the links of all nodes to `graph`, `[count, degree]`.
ccuvs_status ccuvs_cagra_build(const ccuvs_library *library, const ccuvs_vectors *vectors,
                               const ccuvs_cagra_plan *plan, uint32_t *graph);

// Brings vectors and a graph, `[count, degree]`, to the GPU. Links must be below the count.
ccuvs_status ccuvs_cagra(const ccuvs_library *library, const ccuvs_vectors *vectors,
                         const uint32_t *graph, int64_t degree,
                         ccuvs_index *_Nullable *_Nonnull index);

// How cells of product-quantized vectors are made.
typedef struct ccuvs_ivfpq_plan {
  int64_t nlist;
  // Subquantizers, 0 for as many as cuVS likes, and bits of each.
  int64_t pq_dim;
  int64_t pq_bits;
  // Rounds of k-means, and the share of the vectors that it sees.
  int64_t iterations;
  double share;
} ccuvs_ivfpq_plan;

// Builds cells, and writes them to a file in cuVS's own format.
ccuvs_status ccuvs_ivfpq_build(const ccuvs_library *library, const ccuvs_vectors *vectors,
                               const ccuvs_ivfpq_plan *plan, const char *path);

// Brings cells from such a file to the GPU. The file must be one that this version of cuVS wrote.
ccuvs_status ccuvs_ivfpq(const ccuvs_library *library, const char *path,
                         ccuvs_index *_Nullable *_Nonnull index);

// A descriptor of an empty file in memory, which cuVS can write to or read by its path in /proc/self/fd; less
// than 0, with errno, where there can be none.
int32_t ccuvs_memory_file(void);

// Frees an index.
void ccuvs_free(ccuvs_index *_Nullable index);

// MARK: Search

// How an index is searched; fields of other kinds are ignored.
typedef struct ccuvs_search_plan {
  int64_t k;
  // CAGRA: candidates that are kept, at least k, and nodes that are expanded at a time.
  int64_t itopk_size;
  int64_t search_width;
  // IVF-PQ: cells that are visited.
  int64_t n_probes;
} ccuvs_search_plan;

// Writes rows and scores, `[n, k]`, of the nearest of each query, nearest first: inner products or squared
// distances as cuVS has them. `queries`: `[n, dimension]`. A row outside the index stands for none.
ccuvs_status ccuvs_search(ccuvs_index *index, const ccuvs_search_plan *plan, const float *queries,
                          int64_t n, int64_t dimension, int64_t *rows, float *scores);

#pragma clang assume_nonnull end
