#include "flat_hits.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

// 12 sums, 2 vectors and 1 query value: 15 of 16 registers.
#define TILE 6
#define LANES 8
#define WIDTH 2
typedef __m256 vec;
#define vec_zero() _mm256_setzero_ps()
#define vec_load(p) _mm256_loadu_ps(p)
#define vec_store(p, v) _mm256_storeu_ps(p, v)
#define vec_set1(x) _mm256_set1_ps(x)
#define vec_above(v, t) (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps(v, t, _CMP_NLE_UQ))

#define NAME dot
#define PAIRS pairs_dot
#define one_step(sum, x, q) __builtin_fmaf(x, q, sum)
#define vec_step(sum, x, q) _mm256_fmadd_ps(x, q, sum)
#include "flat_scan.h"
#undef NAME
#undef PAIRS
#undef one_step
#undef vec_step

#define NAME squared_l2
#define PAIRS pairs_squared_l2
static inline float minus_one_square(float sum, float x, float q) {
  float difference = x - q;
  return __builtin_fmaf(-difference, difference, sum);
}
#define one_step(sum, x, q) minus_one_square(sum, x, q)
static inline __m256 minus_square(__m256 sum, __m256 x, __m256 q) {
  __m256 difference = _mm256_sub_ps(x, q);
  return _mm256_fnmadd_ps(difference, difference, sum);
}
#define vec_step(sum, x, q) minus_square(sum, x, q)
#include "flat_scan.h"

#pragma clang attribute pop

const needle_flat_kernels needle_flat_avx2 = {TILE, dot, squared_l2, pairs_dot,
                                                 pairs_squared_l2};
#endif
