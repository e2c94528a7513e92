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

#define NAME needle_pool_offer_avx2
#include "pool_offer.h"

#pragma clang attribute pop
#endif
