#include "needle_pool.h"

#include <string.h>

// The scalar reference: a binary search and a move.
static void offer_portable(needle_pool *pool, const uint32_t *orders, const uint32_t *nodes,
                           size_t n) {
  uint64_t *keys = pool->keys;
  size_t count = pool->count, cursor = pool->cursor;
  for (size_t i = 0; i < n; i++) {
    uint64_t key = (uint64_t)orders[i] << 32 | (uint64_t)nodes[i] << 1;
    if (count == pool->limit) {
      if (key >= keys[count - 1]) continue;
      count--;
    }
    size_t place = 0;
    for (size_t length = count; length > 0;) {
      size_t half = (length + 1) / 2;
      place = keys[place + half - 1] < key ? place + half : place;
      length -= half;
    }
    memmove(keys + place + 1, keys + place, (count - place) * sizeof key);
    keys[place] = key;
    count++;
    if (place < cursor) cursor = place;
  }
  pool->count = count;
  pool->cursor = cursor;
}

needle_pool_offer_pointer needle_pool_offer_for(needle_simd level) {
  (void)level;
  return offer_portable;
}
