#include "rows.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

typedef __m256 vec;
#define LANES 8
#define vec_zero() _mm256_setzero_ps()
#define vec_load(p) _mm256_loadu_ps(p)

static inline void reduce4(const __m256 *sums, float *out) {
  __m128 quarter[4];
  for (int r = 0; r < 4; r++) {
    quarter[r] = _mm_add_ps(_mm256_castps256_ps128(sums[r]), _mm256_extractf128_ps(sums[r], 1));
  }
  _MM_TRANSPOSE4_PS(quarter[0], quarter[1], quarter[2], quarter[3]);
  _mm_storeu_ps(out, _mm_add_ps(_mm_add_ps(quarter[0], quarter[1]),
                                _mm_add_ps(quarter[2], quarter[3])));
}

static inline __m256 load_half(const uint16_t *p) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i_u *)p));
}

static inline __m256 plus_square(__m256 sum, __m256 x, __m256 q) {
  __m256 difference = _mm256_sub_ps(x, q);
  return _mm256_fmadd_ps(difference, difference, sum);
}

#define dot_step(sum, x, q) _mm256_fmadd_ps(x, q, sum)
#define square_step(sum, x, q) plus_square(sum, x, q)
#include "row_kernels.h"

#pragma clang attribute pop

const needle_row_kernels needle_rows_avx2 = {dot, squared_l2, dot_f16, squared_l2_f16};
#endif
