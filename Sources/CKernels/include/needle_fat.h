// Graph nodes that hold 4-bit codes of their neighbors: one row tells how near they all are.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_codes.h"

#pragma clang assume_nonnull begin

// Neighbors in a block.
enum { needle_fat_block = 32 };

// A row, of whole cache lines:
//
//   own codes of the node    width bytes, see needle_codes.h
//   then for each block:
//     codes     [groups / 4][4 groups][16 bytes]: byte b of a group has the code of neighbor b in
//               its low half, of neighbor b + 16 in the other
//     bases     f16 [32]
//     factors   f16 [32]
//     nodes     u32 [32]
typedef struct needle_fat_shape {
  size_t width;   // a multiple of 64
  size_t groups;  // a multiple of 4, at most 256
  size_t blocks;
} needle_fat_shape;

// Bytes of a row.
static inline size_t needle_fat_row_bytes(needle_fat_shape shape) {
  return shape.width + shape.blocks * needle_fat_block * (shape.groups / 2 + 2 + 2 + 4);
}

typedef struct needle_fat_query {
  needle_wide_query own;
  int32_t high_sum;      // Σ high
  int32_t low_sum;       // Σ low
  float own_scale;
  const uint8_t *table;  // [groups][16]
  float table_scale;
  float table_bias;
} needle_fat_query;

typedef struct needle_fat_ahead {
  const uint8_t *_Nullable first;
  const uint8_t *_Nullable second;
} needle_fat_ahead;

// Scores a node and estimates the scores of its neighbors, larger is better:
//
//   own           = own_scale · (128 · Σ high · (code − 128) + Σ low · (code − 128))
//   of neighbor n = own + bases[n] + factors[n] · (table_scale · Σ table[g][code of n in g] + table_bias)
//
// Writes the neighbors that come before `below` in the order of needle_distance_order(−score), in
// the order of the row, with that order, and returns their number. `nodes` and `orders` have room
// for 32 · blocks + 16.
//
// Meanwhile asks for up to two rows `ahead`, NULL for none: all at once, a row's lines would keep the
// core waiting until its line buffers are free again.
typedef size_t needle_fat_score(const uint8_t *row, needle_fat_shape shape,
                                const needle_fat_query *query, uint32_t below,
                                needle_fat_ahead ahead, float *own, uint32_t *orders,
                                uint32_t *nodes);
typedef needle_fat_score *needle_fat_score_pointer;

// Writes the orders of the own scores of n nodes, given as numbers of rows.
typedef void needle_fat_own(const uint8_t *rows, needle_fat_shape shape,
                            const needle_fat_query *query, const uint32_t *nodes, size_t n,
                            uint32_t *orders);
typedef needle_fat_own *needle_fat_own_pointer;

// Centroids of the groups of dimensions that codes stand for.
typedef struct needle_fat_codebook {
  size_t groups;
  const uint32_t *ends;    // [groups]: the dimension after each group's last
  const float *centroids;  // [dimension][16]
} needle_fat_codebook;

typedef struct needle_fat_kernels {
  needle_fat_score_pointer score;
  needle_fat_own_pointer own;

  // Products of a query's groups with all centroids, as bytes: product ≈ minimum of the group +
  // scale · table[g][c]. *bias receives the sum of the minima. Returns the scale.
  float (*table)(const float *query, const needle_fat_codebook *codebook, uint8_t *table,
                 float *bias);

  // The nearest centroid of each group: codes[g]. *self receives the product of the vector with
  // its centroids, *other that of `other` with them.
  void (*encode)(const float *vector, const float *other, const needle_fat_codebook *codebook,
                 uint8_t *codes, float *self, float *with_other);
} needle_fat_kernels;

// The kernels of an instruction set that needle_simd_available reports; all give the same bits.
const needle_fat_kernels *needle_fat_kernels_for(needle_simd level);

// Maps distances to unsigned numbers of the same order.
static inline uint32_t needle_distance_order(float distance) {
  union {
    float value;
    uint32_t bits;
  } as = {.value = distance};
  return as.bits & 0x80000000u ? ~as.bits : as.bits | 0x80000000u;
}

// The distance of an order.
static inline float needle_ordered_distance(uint32_t order) {
  union {
    uint32_t bits;
    float value;
  } as = {.bits = order & 0x80000000u ? order & 0x7fffffffu : ~order};
  return as.value;
}

#pragma clang assume_nonnull end
