#include "pool.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)

typedef __m512d vec;
#define LONGEST 512
#define LANES 8
#define vec_load(p) _mm512_loadu_pd(p)
#define vec_store(p, v) _mm512_storeu_pd(p, v)
#define vec_set1(key) _mm512_castsi512_pd(_mm512_set1_epi64((long long)(key)))
#define bits(v) _mm512_castpd_si512(v)
#define vec_moved(here, before) \
  _mm512_castsi512_pd(_mm512_alignr_epi64(bits(here), bits(before), LANES - 1))
#define vec_smaller(v, w) _mm512_min_pd(v, w)
#define vec_larger(v, w) _mm512_max_pd(v, w)

#define CHUNK 16
static inline uint32_t near_enough(const uint32_t *orders, size_t n, uint32_t bound) {
  __mmask16 valid = (__mmask16)(n < CHUNK ? (1u << n) - 1 : 0xffff);
  __m512i order = _mm512_maskz_loadu_epi32(valid, orders);
  return _mm512_mask_cmple_epu32_mask(valid, order, _mm512_set1_epi32((int)bound));
}

#define NAME needle_pool_offer_avx512
#include "pool_offer.h"

#pragma clang attribute pop
#endif
