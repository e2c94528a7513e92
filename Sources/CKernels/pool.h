// Internal to the kernels of sorted pools.
#pragma once

#include "needle_pool.h"

needle_pool_offer needle_pool_offer_avx512;

static inline uint64_t pool_key(uint32_t order, uint32_t node) {
  return (uint64_t)order << 32 | (uint64_t)node << 1;
}

// How many of `count` sorted keys come before `key`.
static inline size_t pool_rank(const uint64_t *keys, size_t count, uint64_t key) {
  size_t place = 0;
  for (size_t length = count; length > 0;) {
    size_t half = (length + 1) / 2;
    place = keys[place + half - 1] < key ? place + half : place;
    length -= half;
  }
  return place;
}
