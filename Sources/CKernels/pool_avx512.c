#include "pool.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)

enum { lanes = 8 };

// In sorted keys, what a new one leaves at each place is the middle one of the place's key, the key
// before and the new one. That takes no search and no branch, and vectors are read and written at
// the same places, which a core forwards from insert to insert.
static inline void insert(uint64_t *keys, size_t from, size_t end, uint64_t key) {
  const __m512i new_key = _mm512_set1_epi64((long long)key);
  __m512i before = from == 0 ? _mm512_setzero_si512() : _mm512_loadu_si512(keys + from - lanes);
  for (size_t i = from; i < end; i += lanes) {
    __m512i here = _mm512_loadu_si512(keys + i);
    __m512i moved = _mm512_alignr_epi64(here, before, lanes - 1);
    _mm512_storeu_si512(keys + i, _mm512_max_epu64(moved, _mm512_min_epu64(here, new_key)));
    before = here;
  }
}

void needle_pool_offer_avx512(needle_pool *pool, const uint32_t *orders, const uint32_t *nodes,
                              size_t n) {
  // In longer pools, what comes before a key's place is left out.
  enum { searched = 128 };
  if (n == 0) return;
  uint64_t *keys = pool->keys, least = UINT64_MAX;
  size_t count = pool->count, last = pool->limit - 1;
  const __m512i none = _mm512_set1_epi64(-1);
  _mm512_storeu_si512(keys + count, none);
  for (size_t i = 0; i < n; i++) {
    uint64_t key = pool_key(orders[i], nodes[i]);
    if (count > last) {
      if (key >= keys[last]) continue;
    } else {
      // The keys up to the end of a vector stay sorted, the largest number where there is none.
      if (count % lanes == 0) _mm512_storeu_si512(keys + count, none);
      count++;
    }
    least = key < least ? key : least;
    size_t from = count <= searched ? 0 : pool_rank(keys, count - 1, key) / lanes * lanes;
    insert(keys, from, count, key);
  }
  pool->count = count;
  if (pool->cursor == 0 || least > keys[pool->cursor - 1]) return;
  pool->cursor = pool_rank(keys, pool->cursor, least);
}

#pragma clang attribute pop
#endif
