#include "rows.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), \
                             apply_to = function)

typedef __m512 vec;
#define LANES 16
#define vec_zero() _mm512_setzero_ps()
#define vec_load(p) _mm512_loadu_ps(p)

static inline void reduce4(const __m512 *sums, float *out) {
  __m128 quarter[4];
  for (int r = 0; r < 4; r++) {
    __m256 half = _mm256_add_ps(_mm512_castps512_ps256(sums[r]), _mm512_extractf32x8_ps(sums[r], 1));
    quarter[r] = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
  }
  _MM_TRANSPOSE4_PS(quarter[0], quarter[1], quarter[2], quarter[3]);
  _mm_storeu_ps(out, _mm_add_ps(_mm_add_ps(quarter[0], quarter[1]),
                                _mm_add_ps(quarter[2], quarter[3])));
}

static inline __m512 load_half(const uint16_t *p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i_u *)p));
}

static inline __m512 plus_square(__m512 sum, __m512 x, __m512 q) {
  __m512 difference = _mm512_sub_ps(x, q);
  return _mm512_fmadd_ps(difference, difference, sum);
}

#define dot_step(sum, x, q) _mm512_fmadd_ps(x, q, sum)
#define square_step(sum, x, q) plus_square(sum, x, q)
#include "row_kernels.h"

#pragma clang attribute pop

const needle_row_kernels needle_rows_avx512 = {dot, squared_l2, dot_f16, squared_l2_f16};
#endif
