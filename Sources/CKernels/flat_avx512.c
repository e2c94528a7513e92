#include "flat_hits.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)

// 28 sums, 2 vectors and 1 query value: 31 of 32 registers.
#define TILE 14
#define LANES 16
#define WIDTH 2
typedef __m512 vec;
#define vec_zero() _mm512_setzero_ps()
#define vec_load(p) _mm512_loadu_ps(p)
#define vec_store(p, v) _mm512_storeu_ps(p, v)
#define vec_set1(x) _mm512_set1_ps(x)
#define vec_above(v, t) (uint32_t)_mm512_cmp_ps_mask(v, t, _CMP_NLE_UQ)

#define NAME dot
#define PAIRS pairs_dot
#define one_step(sum, x, q) __builtin_fmaf(x, q, sum)
#define vec_step(sum, x, q) _mm512_fmadd_ps(x, q, sum)
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
static inline __m512 minus_square(__m512 sum, __m512 x, __m512 q) {
  __m512 difference = _mm512_sub_ps(x, q);
  return _mm512_fnmadd_ps(difference, difference, sum);
}
#define vec_step(sum, x, q) minus_square(sum, x, q)
#include "flat_scan.h"

#pragma clang attribute pop

const needle_flat_kernels needle_flat_avx512 = {TILE, dot, squared_l2, pairs_dot,
                                                 pairs_squared_l2};
#endif
