#include "pool.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

typedef __m256i vec;
#define LONGEST 128
#define LANES 4
#define vec_load(p) _mm256_loadu_si256((const __m256i_u *)(p))
#define vec_store(p, v) _mm256_storeu_si256((__m256i_u *)(p), v)
#define vec_set1(key) _mm256_set1_epi64x((long long)(key))

static inline __m256i vec_moved(__m256i here, __m256i before) {
  __m256i between = _mm256_permute2x128_si256(before, here, 0x21);
  return _mm256_alignr_epi8(here, between, 8);
}

// AVX2 compares signed numbers: with the highest bit turned over, they have the order of unsigned.
static inline __m256i above(__m256i v, __m256i w) {
  const __m256i sign = _mm256_set1_epi64x(INT64_MIN);
  return _mm256_cmpgt_epi64(_mm256_xor_si256(v, sign), _mm256_xor_si256(w, sign));
}

static inline __m256i vec_smaller(__m256i v, __m256i w) {
  return _mm256_blendv_epi8(v, w, above(v, w));
}

static inline __m256i vec_larger(__m256i v, __m256i w) {
  return _mm256_blendv_epi8(w, v, above(v, w));
}

#define NAME needle_pool_offer_avx2
#include "pool_offer.h"

#pragma clang attribute pop
#endif
