// Internal to the flat kernels: adding hits.
#pragma once

#include <math.h>
#include <string.h>

#include "needle_flat.h"

static inline uint64_t hit_key(float score, uint32_t row) {
  uint32_t bits;
  // Minus zero, to which tiny products round, is as good as zero.
  score += 0.0f;
  memcpy(&bits, &score, sizeof bits);
  uint32_t ordered = bits & 0x80000000u ? ~bits : bits ^ 0x80000000u;
  if (isnan(score)) ordered = 0;
  return (uint64_t)ordered << 32 | (uint32_t)~row;
}

// Adds the lanes of `mask` of one panel.
static inline void add_hits(needle_hits *hits, uint32_t mask, const float *scores, uint32_t row) {
  while (mask) {
    int lane = __builtin_ctz(mask);
    mask &= mask - 1;
    hits->keys[hits->count++] = hit_key(scores[lane], row + (uint32_t)lane);
  }
  if (hits->count + needle_panel_lanes > hits->capacity) needle_hits_prune(hits);
}
