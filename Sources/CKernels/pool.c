#include "pool.h"

// The scalar reference.
static void offer_portable(needle_pool *pool, const uint32_t *orders, const uint32_t *nodes,
                           size_t n) {
  uint64_t *keys = pool->keys;
  size_t count = pool->count, cursor = pool->cursor;
  for (size_t i = 0; i < n; i++) {
    uint64_t key = pool_key(orders[i], nodes[i]);
    if (count == pool->limit) {
      if (key >= keys[count - 1]) continue;
      count--;
    }
    size_t place = pool_insert(keys, count++, key);
    if (place < cursor) cursor = place;
  }
  pool->count = count;
  pool->cursor = cursor;
}

needle_pool_offer_pointer needle_pool_offer_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512) return needle_pool_offer_avx512;
  if (level == NEEDLE_SIMD_AVX2) return needle_pool_offer_avx2;
#endif
  (void)level;
  return offer_portable;
}
