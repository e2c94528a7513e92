#include "needle_int8.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                               \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt,bmi,bmi2"))), \
    apply_to = function)

static inline uint32_t compress_above(float *scores, uint32_t *rows, uint32_t n, float limit,
                                      uint32_t last_row) {
  const __m512 limits = _mm512_set1_ps(limit);
  const __m512i last_rows = _mm512_set1_epi32((int)last_row);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < n; i += 16) {
    __mmask16 valid = (__mmask16)(n - i < 16 ? (1u << (n - i)) - 1 : 0xffff);
    __m512 score = _mm512_loadu_ps(scores + i);
    __m512i row = _mm512_loadu_si512(rows + i);
    __mmask16 tied = _mm512_mask_cmp_ps_mask(valid, score, limits, _CMP_EQ_OQ);
    tied = _mm512_mask_cmp_epu32_mask(tied, row, last_rows, _MM_CMPINT_LE);
    __mmask16 kept_now = tied | _mm512_mask_cmp_ps_mask(valid, score, limits, _CMP_GT_OQ);
    _mm512_storeu_ps(scores + kept, _mm512_maskz_compress_ps(kept_now, score));
    _mm512_storeu_si512(rows + kept, _mm512_maskz_compress_epi32(kept_now, row));
    kept += (uint32_t)__builtin_popcount(kept_now);
  }
  return kept;
}
#define keep_above compress_above

#include "int8_candidates.h"

typedef __m512i vec;
typedef __m512i data;
typedef __m512i query;
#define LANES 16
// 24 sums, 4 vectors of data and a query: 29 of 32 registers.
#define PANELS 4
#define QUERIES 6
#define vec_set1(x) _mm512_set1_epi32(x)
#define data_load(p) _mm512_load_si512(p)
#define query_load(p) _mm512_set1_epi32(*(const int32_t *)(const void *)(p))
#define vec_dot(sum, x, y) _mm512_dpbusd_epi32(sum, x, y)
#define vec_and(v, w) _mm512_and_si512(v, w)
#define tile_start(start, offset) (start)
#define vec_positive(v) (uint16_t)~_mm512_movepi32_mask(v)

static inline void vec_score(float *out, __m512i sum, const float *scales, const float *biases,
                             float scale) {
  __m512 scaled = _mm512_mul_ps(_mm512_cvtepi32_ps(sum), _mm512_loadu_ps(scales));
  __m512 product = _mm512_mul_ps(scaled, _mm512_set1_ps(scale));
  _mm512_storeu_ps(out, _mm512_add_ps(product, _mm512_loadu_ps(biases)));
}

// As add_hits_one_by_one, sixteen rows at a time.
static inline void add_hits(needle_probe *probe, const int32_t *sums, size_t n, uint64_t valid,
                            uint32_t row) {
  needle_candidates *to = probe->candidates;
  __m512i to_dot = _mm512_set1_epi32(probe->offset - probe->start);
  __m512 scale = _mm512_set1_ps(probe->scale), base = _mm512_set1_ps(probe->base);
  const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  uint32_t count = to->count;
  for (size_t i = 0; i < n; i += LANES, valid >>= LANES) {
    __m512i sum = _mm512_loadu_si512(sums + i);
    __mmask16 hit = _mm512_mask_cmpge_epi32_mask((__mmask16)valid, sum, _mm512_setzero_si512());
    __m512i dot = _mm512_add_epi32(sum, to_dot);
    __m512 score = _mm512_add_ps(base, _mm512_mul_ps(scale, _mm512_cvtepi32_ps(dot)));
    __m512i rows = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)(row + i)));
    _mm512_storeu_ps(to->scores + count, _mm512_maskz_compress_ps(hit, score));
    _mm512_storeu_si512(to->rows + count, _mm512_maskz_compress_epi32(hit, rows));
    count += (uint32_t)__builtin_popcount(hit);
  }
  to->count = count;
  make_room(probe);
}

#include "int8_scan.h"

#pragma clang attribute pop

const needle_int8_kernels needle_int8_avx512 = {"avx512-vnni", scan, score, prune};
#endif
