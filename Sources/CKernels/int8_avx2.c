#include "needle_int8.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,popcnt"))), apply_to = function)

#include "int8_candidates.h"

// AVX2's product of bytes saturates, so that bytes are widened to 16 bits first: the even and the
// odd ones of each 4, since masking and shifting cost less than unpacking.
typedef struct pairs {
  __m256i even, odd;
} pairs;

typedef __m256i vec;
typedef pairs data;
typedef pairs query;
#define LANES 8
// 8 sums, 4 of data, 2 of a query and a product: 15 of 16 registers.
#define PANELS 1
#define QUERIES 4
#define vec_set1(x) _mm256_set1_epi32(x)
#define vec_positive(v) (uint8_t)~_mm256_movemask_ps(_mm256_castsi256_ps(v))
#define vec_and(v, w) _mm256_and_si256(v, w)
#define tile_start(start, offset) (start)
#define add_hits add_hits_one_by_one

static inline pairs data_load(const uint8_t *p) {
  __m256i bytes = _mm256_load_si256((const __m256i *)(const void *)p);
  return (pairs){_mm256_and_si256(bytes, _mm256_set1_epi16(0xff)), _mm256_srli_epi16(bytes, 8)};
}

static inline pairs query_load(const int8_t *p) {
  __m256i bytes = _mm256_set1_epi32(*(const int32_t *)(const void *)p);
  return (pairs){_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8), _mm256_srai_epi16(bytes, 8)};
}

static inline __m256i vec_dot(__m256i sum, pairs x, pairs y) {
  __m256i even = _mm256_madd_epi16(x.even, y.even), odd = _mm256_madd_epi16(x.odd, y.odd);
  return _mm256_add_epi32(sum, _mm256_add_epi32(even, odd));
}

static inline void vec_score(float *out, __m256i sum, const float *scales, const float *biases,
                             float scale) {
  __m256 scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), _mm256_loadu_ps(scales));
  __m256 product = _mm256_mul_ps(scaled, _mm256_set1_ps(scale));
  _mm256_storeu_ps(out, _mm256_add_ps(product, _mm256_loadu_ps(biases)));
}

#include "int8_scan.h"

#pragma clang attribute pop

const needle_int8_kernels needle_int8_avx2 = {"avx2", scan, score, prune};
#endif
