// Made-up input for the kernels.
#pragma once

#include "../../../../Sources/CKernels/include/CKernels.h"

enum {
  rows = 16,          // of one call
  candidates = 64,    // of a node's choice of neighbors
  offer = 8,          // keys of one offer to a pool
  centroids = 16,     // of a group
  probe_count = 16,   // queries of a scan
  most_size = 1024,   // dimensions, and keys of a pool
  most_groups = 96,   // of neighbors' codes
};

// Input and output of all kernels, for one size and one level.
typedef struct scene {
  _Alignas(64) uint8_t codes[rows * most_size];
  _Alignas(64) uint8_t plain[most_size], rests[most_size];
  _Alignas(64) int8_t high[most_size], low[most_size], queries[probe_count * most_size];
  _Alignas(64) float values[most_size], others[most_size];
  _Alignas(64) float signs[needle_rotation_rounds * most_size];
  _Alignas(64) float book[most_size * centroids];
  _Alignas(64) uint8_t row[most_size + needle_fat_block * (most_groups / 2 + 8)];
  _Alignas(64) uint8_t table[most_groups * centroids], neighbor_codes[most_groups];
  _Alignas(64) uint64_t keys[most_size + 16];
  _Alignas(64) uint32_t orders[offer * most_size], nodes[offer * most_size];
  _Alignas(64) uint32_t found_orders[needle_fat_block + 16], found_nodes[needle_fat_block + 16];
  _Alignas(64) uint32_t listed[candidates + 16];
  _Alignas(64) int32_t distances[candidates + 16], products[candidates + 16], norms[candidates];
  _Alignas(64) float ratios[candidates + 16];
  uint32_t ids[rows], ends[most_groups];

  size_t size;
  const needle_code_kernels *code;
  const needle_code_encoders *encoders;
  const needle_fat_kernels *fat;
  const needle_int8_kernels *int8;
  needle_pool_offer_pointer offer;
  needle_cover_pointer cover;
  needle_rotate_pointer rotate;
  needle_fat_shape shape;
  needle_fat_query fat_query;
  uint32_t below;
  needle_fat_codebook codebook;
  needle_candidates nothing;
  needle_probe probes[probe_count];
  float sink;
} scene;

// A scene of random values; to be freed.
scene *make_scene(size_t size, needle_simd level);
