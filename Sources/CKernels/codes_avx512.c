#include <string.h>

#include "codes.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                     \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), \
    apply_to = function)

typedef __m512i vec;
#define vec_zero() _mm512_setzero_si512()

static inline __m512i sum_pairs(__m512i a, __m512i b) {
  return _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
}

static inline __m512i sum_fours(__m512i ab, __m512i cd) {
  return _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
}

static inline void reduce4(const __m512i *sums, int32_t *out) {
  __m512i all = sum_fours(sum_pairs(sums[0], sums[1]), sum_pairs(sums[2], sums[3]));
  __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
  __m128i quarter = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  _mm_storeu_si128((__m128i_u *)out, quarter);
}

#define PART 64
#define PART_BYTES 64
#define NAME bytes_of_lines
typedef __m512i part;
#define part_load(p) _mm512_loadu_si512(p)
#define part_step(sum, row, q) _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(row), q)
#include "code_products.h"
#undef PART
#undef PART_BYTES
#undef NAME
#undef part_load
#undef part_step

// Rows of one line go in sixteens: with so few products the shuffles that add up lanes are most of
// the work, and sixteen rows share them best.
static void bytes_of_a_line(const int8_t *query, const uint8_t *codes, size_t stride,
                            const uint32_t *ids, size_t n, int32_t *products) {
  enum { group = 16 };
  __m512i q = _mm512_loadu_si512(query);
  for (size_t start = 0; start < n; start += group) {
    // Lanes past the end read the last row again and are not stored.
    size_t left = n - start < group ? n - start : group;
    __mmask16 valid = (__mmask16)((1u << left) - 1);
    uint32_t rows[group];
    __m512i last = _mm512_set1_epi32((int)ids[n - 1]);
    _mm512_storeu_si512(rows, _mm512_mask_loadu_epi32(last, valid, ids + start));
    __m512i sums[group];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < group; r++) {
      sums[r] = _mm512_dpbusd_epi32(vec_zero(), _mm512_loadu_si512(codes + rows[r] * stride), q);
    }
    __m512i fours[4];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < 4; r++) {
      const __m512i *s = sums + 4 * r;
      fours[r] = sum_fours(sum_pairs(s[0], s[1]), sum_pairs(s[2], s[3]));
    }
    __m512i low = _mm512_add_epi32(_mm512_shuffle_i32x4(fours[0], fours[1], 0x44),
                                   _mm512_shuffle_i32x4(fours[0], fours[1], 0xee));
    __m512i high = _mm512_add_epi32(_mm512_shuffle_i32x4(fours[2], fours[3], 0x44),
                                    _mm512_shuffle_i32x4(fours[2], fours[3], 0xee));
    __m512i all = _mm512_add_epi32(_mm512_shuffle_i32x4(low, high, 0x88),
                                   _mm512_shuffle_i32x4(low, high, 0xdd));
    _mm512_mask_storeu_epi32(products + start, valid, all);
  }
}

static void bytes(const int8_t *query, const uint8_t *codes, size_t stride, size_t width,
                  const uint32_t *ids, size_t n, int32_t *products) {
  if (width == 64 && n > 4) {
    bytes_of_a_line(query, codes, stride, ids, n, products);
  } else {
    bytes_of_lines(query, codes, stride, width, ids, n, products);
  }
}

typedef struct halves {
  __m512i low, high;
} halves;

static inline __m512i nibble_step(__m512i sum, const uint8_t *row, halves q) {
  const __m512i fifteen = _mm512_set1_epi8(15);
  __m512i both = _mm512_loadu_si512(row);
  __m512i high = _mm512_and_si512(_mm512_srli_epi16(both, 4), fifteen);
  sum = _mm512_dpbusd_epi32(sum, _mm512_and_si512(both, fifteen), q.low);
  return _mm512_dpbusd_epi32(sum, high, q.high);
}

#define PART 128
#define PART_BYTES 64
#define NAME nibbles
#define part halves
#define part_load(p) {_mm512_loadu_si512(p), _mm512_loadu_si512((p) + 64)}
#define part_step(sum, row, q) nibble_step(sum, row, q)
#include "code_products.h"
#undef PART
#undef PART_BYTES
#undef NAME
#undef part
#undef part_load
#undef part_step

static inline __m512i bit_step(__m512i sum, const uint8_t *row, __m512i q) {
  uint64_t bits;
  memcpy(&bits, row, sizeof bits);
  return _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(1), _mm512_maskz_mov_epi8(bits, q));
}

#define PART 64
#define PART_BYTES 8
#define NAME bits
#define part_load(p) _mm512_loadu_si512(p)
#define part_step(sum, row, q) bit_step(sum, row, q)
#include "code_products.h"

#pragma clang attribute pop

const needle_code_kernels needle_codes_avx512 = {bytes, nibbles, bits};
#endif
