// Exact search: the product of a few queries with all vectors, fused with the selection of the
// best. One pass over the vectors, nothing but survivors written to memory.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Vectors lie in panels of this many: [panel][dimension][lane], the last panel padded with zeros.
// Each vector is one SIMD lane and is summed over the dimensions in order, so that its score has
// the same bits however many queries are scanned together.
enum { needle_panel_lanes = 32 };

// The largest number of queries that any kernel scans at once.
enum { needle_flat_max_queries = 14 };

// The best vectors found so far for one query.
//
// A hit is one 64-bit key that orders by score, then by row (lower first): larger is better. See
// needle_hit_key.
typedef struct needle_hits {
  uint64_t *keys;      // room for `capacity` keys
  uint32_t capacity;   // at least k + needle_panel_lanes
  uint32_t count;      // keys present
  uint32_t k;          // how many are wanted
  float threshold;     // only scores above this can matter; NaN: every score can
} needle_hits;

// A panel scan.
//
// panels:    the first panel to scan, 64-byte aligned
// count:     vectors from the first panel on; lanes past it are ignored
// dimension: length of each vector
// first_row: row number of the first vector
// queries:   [dimension][n] packed by needle_pack_queries, n = `queries_per_tile`
// hits:      one for each of the `query_count` queries, at most n
typedef void needle_flat_scan(const float *panels, size_t count, size_t dimension,
                              uint32_t first_row, const float *queries, size_t query_count,
                              needle_hits *hits);

typedef needle_flat_scan *needle_flat_scan_pointer;

// Scores `count` pairs of a row and a query, with the bits that a scan gives them.
//
// rows, queries: [.., dimension], row-major
// row_numbers, query_numbers: the pairs
typedef void needle_flat_score_pairs(const float *rows, const float *queries, size_t dimension,
                                     const uint32_t *row_numbers, const uint32_t *query_numbers,
                                     size_t count, float *scores);

typedef needle_flat_score_pairs *needle_flat_score_pairs_pointer;

typedef struct needle_flat_kernels {
  size_t queries_per_tile;
  needle_flat_scan_pointer dot;         // score: inner product
  needle_flat_scan_pointer squared_l2;  // score: minus the squared Euclidean distance
  needle_flat_score_pairs_pointer pairs_dot;
  needle_flat_score_pairs_pointer pairs_squared_l2;
} needle_flat_kernels;

// The kernels of an instruction set that needle_simd_available reports.
const needle_flat_kernels *needle_flat_kernels_for(needle_simd level);

// Copies `rows` vectors, [rows][dimension], to panels from lane `first_lane` of the first on.
void needle_pack_panels(const float *vectors, size_t rows, size_t dimension, size_t first_lane,
                        float *panels);

// Packs `count` queries, [count][dimension], as [dimension][width]; missing ones are zero.
void needle_pack_queries(const float *queries, size_t count, size_t dimension, size_t width,
                         float *packed);

// Adds a row whose score is above the threshold, and prunes when there is no room for a panel.
void needle_hits_add(needle_hits *hits, float score, uint32_t row);

// Leaves the best k keys, in no order, and raises the threshold to the k-th score.
void needle_hits_prune(needle_hits *hits);

// Prunes, and sorts the keys, best first.
void needle_hits_finish(needle_hits *hits);

// Larger for a larger score, then for a lower row. NaN counts as the lowest score.
uint64_t needle_hit_key(float score, uint32_t row);

// The two parts of a key.
float needle_hit_score(uint64_t key);
uint32_t needle_hit_row(uint64_t key);

#pragma clang assume_nonnull end
