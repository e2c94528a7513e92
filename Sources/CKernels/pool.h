// Internal to the kernels of sorted pools.
#pragma once

#include <string.h>

#include "needle_pool.h"

needle_pool_offer needle_pool_offer_avx2, needle_pool_offer_avx512;

enum { pool_last_order = 0xffdfffff };

static inline uint64_t pool_key(uint32_t order, uint32_t node) {
  const uint32_t last = pool_last_order;
  return (uint64_t)((order < last ? order : last) >> 1) << 32 | (uint64_t)node << 1;
}

// The last order of which a key can come before `key`.
static inline uint32_t pool_bound(uint64_t key) {
  uint32_t order = (uint32_t)(key >> 32) << 1 | 1;
  return order < pool_last_order ? order : UINT32_MAX;
}

// How many of `count` sorted keys come before `key`.
static inline size_t pool_rank(const uint64_t *keys, size_t count, uint64_t key) {
  size_t place = 0;
  for (size_t length = count; length > 0;) {
    size_t half = (length + 1) / 2;
    // Without a branch, of which every other would be guessed wrong.
    place += half & -(size_t)(keys[place + half - 1] < key);
    length -= half;
  }
  return place;
}

// Inserts into `count` sorted keys: a search and a move.
static inline size_t pool_insert(uint64_t *keys, size_t count, uint64_t key) {
  size_t place = pool_rank(keys, count, key);
  memmove(keys + place + 1, keys + place, (count - place) * sizeof key);
  keys[place] = key;
  return place;
}
