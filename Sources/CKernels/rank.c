#include "needle_rank.h"

#include <stdlib.h>
#include <string.h>

// A key orders by distance, then by row. A distance that is no number comes last.
static uint64_t key_of(float distance, uint32_t row) {
  uint32_t bits;
  memcpy(&bits, &distance, sizeof bits);
  uint32_t ordered = bits & 0x80000000u ? ~bits : bits | 0x80000000u;
  if (distance != distance) ordered = UINT32_MAX;
  return (uint64_t)ordered << 32 | row;
}

static float distance_of(uint64_t key) {
  uint32_t ordered = (uint32_t)(key >> 32);
  uint32_t bits = ordered & 0x80000000u ? ordered & 0x7fffffffu : ~ordered;
  float distance;
  memcpy(&distance, &bits, sizeof distance);
  return distance;
}

static int ascending(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

void needle_rank(const float *distances, const uint32_t *rows, size_t count, size_t wanted,
                 uint64_t *keys, uint32_t *ranked_rows, float *ranked_distances) {
  // Few results are put in their places by counting those before each; no branch depends on them.
  enum { few = 48 };
  for (size_t i = 0; i < count; i++) keys[i] = key_of(distances[i], rows[i]);
  if (count > few) qsort(keys, count, sizeof *keys, ascending);
  for (size_t i = 0; i < count; i++) {
    size_t rank = i;
    if (count <= few) {
      rank = 0;
      for (size_t j = 0; j < count; j++) rank += keys[j] < keys[i];
      // Equal keys, which an index with a row twice would have, must not share a place.
      for (size_t j = 0; j < i; j++) rank += keys[j] == keys[i];
    }
    if (rank >= wanted) continue;
    ranked_rows[rank] = (uint32_t)keys[i];
    ranked_distances[rank] = distance_of(keys[i]);
  }
}
