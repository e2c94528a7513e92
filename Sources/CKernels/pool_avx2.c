#include "pool.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

typedef __m256d vec;
#define LONGEST 128
#define LANES 4
#define vec_load(p) _mm256_loadu_pd((const double *)(p))
#define vec_store(p, v) _mm256_storeu_pd((double *)(p), v)
#define vec_set1(key) _mm256_castsi256_pd(_mm256_set1_epi64x((long long)(key)))
#define vec_smaller(v, w) _mm256_min_pd(v, w)
#define vec_larger(v, w) _mm256_max_pd(v, w)

static inline __m256d vec_moved(__m256d here, __m256d before) {
  __m256d between = _mm256_permute2f128_pd(before, here, 0x21);
  return _mm256_shuffle_pd(between, here, 5);
}

#define CHUNK 8
static inline uint32_t near_enough(const uint32_t *orders, size_t n, uint32_t bound) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  __m256i valid = _mm256_cmpgt_epi32(_mm256_set1_epi32(n < CHUNK ? (int)n : CHUNK), lanes);
  __m256i order = _mm256_maskload_epi32((const int *)orders, valid);
  __m256i least = _mm256_min_epu32(order, _mm256_set1_epi32((int)bound));
  __m256i near = _mm256_and_si256(_mm256_cmpeq_epi32(least, order), valid);
  return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(near));
}

#define NAME needle_pool_offer_avx2
#include "pool_offer.h"

#pragma clang attribute pop
#endif
