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

// Results beyond which a sort is faster than insertions.
enum { few = 64 };

static int ascending(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x > y) - (x < y);
}

void needle_rank(const float *distances, const uint32_t *rows, size_t count, size_t wanted,
                 uint64_t *keys, uint32_t *ranked_rows, float *ranked_distances) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    uint64_t key = key_of(distances[i], rows[i]);
    if (wanted > few) {
      keys[kept++] = key;
      continue;
    }
    // Candidates come nearly in order: most go to the end, or nowhere.
    if (kept == wanted && (wanted == 0 || key >= keys[kept - 1])) continue;
    size_t place = kept < wanted ? kept++ : kept - 1;
    for (; place > 0 && keys[place - 1] > key; place--) keys[place] = keys[place - 1];
    keys[place] = key;
  }
  if (wanted > few) qsort(keys, kept, sizeof *keys, ascending);
  for (size_t rank = 0; rank < (kept < wanted ? kept : wanted); rank++) {
    ranked_rows[rank] = (uint32_t)keys[rank];
    ranked_distances[rank] = distance_of(keys[rank]);
  }
}
