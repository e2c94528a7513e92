// Selection of the best hits: keys in a small buffer, pruned by quickselect when it fills.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "flat_hits.h"

float needle_hit_score(uint64_t key) {
  uint32_t ordered = (uint32_t)(key >> 32);
  uint32_t bits = ordered & 0x80000000u ? ordered ^ 0x80000000u : ~ordered;
  float score;
  memcpy(&score, &bits, sizeof score);
  return score;
}

uint32_t needle_hit_row(uint64_t key) { return ~(uint32_t)key; }

uint64_t needle_hit_key(float score, uint32_t row) { return hit_key(score, row); }

static inline void swap(uint64_t *a, uint64_t *b) {
  uint64_t t = *a;
  *a = *b;
  *b = t;
}

// Moves the `k` largest of `n` keys to the front (Hoare's FIND with a median-of-three pivot; all
// keys differ, because rows do).
static void select_largest(uint64_t *keys, size_t n, size_t k) {
  size_t low = 0, high = n - 1;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (keys[middle] > keys[low]) swap(&keys[middle], &keys[low]);
    if (keys[high] > keys[low]) swap(&keys[high], &keys[low]);
    if (keys[high] > keys[middle]) swap(&keys[high], &keys[middle]);
    uint64_t pivot = keys[middle];
    size_t i = low, j = high;
    while (i <= j) {
      while (keys[i] > pivot) i++;
      while (keys[j] < pivot) j--;
      if (i <= j) {
        swap(&keys[i], &keys[j]);
        i++;
        if (j == 0) break;
        j--;
      }
    }
    if (k - 1 <= j && j < high) {
      high = j;
    } else if (k - 1 >= i) {
      low = i;
    } else {
      return;
    }
  }
}

void needle_hits_add(needle_hits *hits, float score, uint32_t row) {
  if (score <= hits->threshold) return;
  hits->keys[hits->count++] = hit_key(score, row);
  if (hits->count + needle_panel_lanes > hits->capacity) needle_hits_prune(hits);
}

void needle_hits_prune(needle_hits *hits) {
  if (hits->count < hits->k) return;
  if (hits->count > hits->k) select_largest(hits->keys, hits->count, hits->k);
  uint64_t worst = hits->keys[0];
  for (uint32_t i = 1; i < hits->k; i++) {
    if (hits->keys[i] < worst) worst = hits->keys[i];
  }
  hits->count = hits->k;
  hits->threshold = needle_hit_score(worst);
}

static int descending(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return (x < y) - (x > y);
}

void needle_hits_finish(needle_hits *hits) {
  needle_hits_prune(hits);
  qsort(hits->keys, hits->count, sizeof *hits->keys, descending);
}
