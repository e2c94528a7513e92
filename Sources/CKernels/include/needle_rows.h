// Distances from one vector to scattered rows: what a graph walk asks for.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Rows start at multiples of this many floats, so that each begins on a cache line; the floats
// past the dimension are zero.
enum { needle_row_alignment = 16 };

// Writes the distance (smaller is nearer) from `query` to rows `ids[0..<n]` of `base`.
//
// query, base: rows of `stride` floats, a multiple of needle_row_alignment
// ids:         row numbers, each within `base`
// distances:   room for n rounded up to a multiple of 4
//
// Rows ahead are prefetched whole. A row's distance has the same bits wherever it stands in `ids`.
typedef void needle_row_distances(const float *query, const float *base, size_t stride,
                                  const uint32_t *ids, size_t n, float *distances);
typedef needle_row_distances *needle_row_distances_pointer;

// The same for rows in half precision, whose stride is a multiple of needle_row_alignment halves.
typedef void needle_half_row_distances(const float *query, const uint16_t *base, size_t stride,
                                       const uint32_t *ids, size_t n, float *distances);
typedef needle_half_row_distances *needle_half_row_distances_pointer;

typedef struct needle_row_kernels {
  needle_row_distances_pointer dot;         // minus the inner product
  needle_row_distances_pointer squared_l2;  // the squared Euclidean distance
  needle_half_row_distances_pointer dot_f16;
  needle_half_row_distances_pointer squared_l2_f16;
} needle_row_kernels;

// Asks for the cache line at `address`.
static inline void needle_prefetch(const void *address) { __builtin_prefetch(address); }

// Asks for every cache line of `bytes` bytes that start at one.
static inline void needle_prefetch_bytes(const void *start, size_t bytes) {
  for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch((const char *)start + i, 0, 2);
}

// Asks for every line of rows `ids[0..<n]` that are `row_bytes` long.
static inline void needle_prefetch_rows(const void *start, size_t row_bytes,
                                             const uint32_t *ids, size_t n) {
  for (size_t i = 0; i < n; i++) {
    needle_prefetch_bytes((const char *)start + ids[i] * row_bytes, row_bytes);
  }
}

// The kernels of an instruction set that needle_simd_available reports.
const needle_row_kernels *needle_row_kernels_for(needle_simd level);

#pragma clang assume_nonnull end
