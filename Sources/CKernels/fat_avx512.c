#include "fat.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                            \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt,bmi"))), \
    apply_to = function)
#pragma clang fp contract(off)

enum { line = 64, half_block = needle_fat_block / 2 };

static inline float own_score(const uint8_t *row, size_t width, const needle_fat_query *query) {
  __m512i high = _mm512_setzero_si512(), low = high;
  for (size_t j = 0; j < width; j += line) {
    __m512i codes = _mm512_loadu_si512(row + j);
    high = _mm512_dpbusd_epi32(high, codes, _mm512_loadu_si512(query->own.high + j));
    low = _mm512_dpbusd_epi32(low, codes, _mm512_loadu_si512(query->own.low + j));
  }
  // Both sums go through the shuffles together.
  __m512i both = _mm512_add_epi32(_mm512_unpacklo_epi64(high, low), _mm512_unpackhi_epi64(high, low));
  __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1));
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  __m128i two = _mm_add_epi32(four, _mm_srli_epi64(four, 32));
  int32_t high_sum = query->high_offset + _mm_cvtsi128_si32(two);
  int32_t low_sum = query->low_offset + _mm_extract_epi32(two, 2);
  float product = 128.0f * (float)high_sum;
  return query->own_scale * (product + (float)low_sum);
}

typedef struct sums {
  __m512i first, second;  // of neighbors 0–15 and 16–31
} sums;

// Entries are looked up for the 16 neighbors of 4 groups at once. A pair of them is added as one
// 16-bit number, and the second of the pair once more by itself: taken off at the end, 256 times, it
// leaves the first, since neither sum reaches 2^16.
static inline sums table_sums(const uint8_t *codes, size_t groups, const uint8_t *table) {
  const __m512i fifteen = _mm512_set1_epi8(15);
  __m512i pairs[2], seconds[2];
  pairs[0] = pairs[1] = seconds[0] = seconds[1] = _mm512_setzero_si512();
  for (size_t at = 0; at < groups * half_block; at += line) {
    __m512i both = _mm512_loadu_si512(codes + at), entries = _mm512_loadu_si512(table + at);
    __m512i index = _mm512_and_si512(both, fifteen);
    __m512i found = _mm512_shuffle_epi8(entries, index);
    pairs[0] = _mm512_add_epi16(pairs[0], found);
    seconds[0] = _mm512_add_epi16(seconds[0], _mm512_srli_epi16(found, 8));
    index = _mm512_and_si512(_mm512_srli_epi16(both, 4), fifteen);
    found = _mm512_shuffle_epi8(entries, index);
    pairs[1] = _mm512_add_epi16(pairs[1], found);
    seconds[1] = _mm512_add_epi16(seconds[1], _mm512_srli_epi16(found, 8));
  }
  // Over the four groups of a line: [even, odd neighbors of the first half, of the second].
  __m512i halves[2];
  for (size_t h = 0; h < 2; h++) {
    __m512i even = _mm512_sub_epi16(pairs[h], _mm512_slli_epi16(seconds[h], 8));
    halves[h] = _mm512_add_epi16(_mm512_shuffle_i64x2(even, seconds[h], 0x44),
                                 _mm512_shuffle_i64x2(even, seconds[h], 0xee));
  }
  __m512i all = _mm512_add_epi16(_mm512_shuffle_i64x2(halves[0], halves[1], 0x88),
                                 _mm512_shuffle_i64x2(halves[0], halves[1], 0xdd));
  const __m512i in_order = _mm512_set_epi16(31, 23, 30, 22, 29, 21, 28, 20, 27, 19, 26, 18, 25, 17,
                                            24, 16, 15, 7, 14, 6, 13, 5, 12, 4, 11, 3, 10, 2, 9, 1,
                                            8, 0);
  all = _mm512_permutexvar_epi16(in_order, all);
  return (sums){_mm512_cvtepu16_epi32(_mm512_castsi512_si256(all)),
                _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(all, 1))};
}

// The needle_distance_order of minus a score.
static inline __m512i order_of(__m512 score) {
  __m512i bits = _mm512_castps_si512(score);
  __m512i flipped = _mm512_xor_si512(bits, _mm512_set1_epi32(0x7fffffff));
  return _mm512_mask_mov_epi32(flipped, _mm512_movepi32_mask(bits), bits);
}

static inline __m512 load_half(const uint8_t *p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i_u *)p));
}

size_t needle_fat_score_avx512(const uint8_t *row, needle_fat_shape shape,
                               const needle_fat_query *query, uint32_t below, float *own,
                               uint32_t *orders, uint32_t *nodes) {
  *own = own_score(row, shape.width, query);
  const __m512 own_all = _mm512_set1_ps(*own), scale = _mm512_set1_ps(query->table_scale);
  const __m512 bias = _mm512_set1_ps(query->table_bias);
  const __m512i limit = _mm512_set1_epi32((int)below);
  const uint8_t *codes = row + shape.width;
  size_t found = 0;
  for (size_t block = 0; block < shape.blocks; block++) {
    sums both = table_sums(codes, shape.groups, query->table);
    const uint8_t *bases = codes + shape.groups * half_block;
    const uint8_t *factors = bases + 2 * needle_fat_block, *ids = factors + 2 * needle_fat_block;
    for (size_t half = 0; half < 2; half++) {
      __m512 sum = _mm512_cvtepi32_ps(half ? both.second : both.first);
      __m512 product = _mm512_add_ps(_mm512_mul_ps(scale, sum), bias);
      __m512 base = _mm512_add_ps(own_all, load_half(bases + half * line / 2));
      __m512 scaled = _mm512_mul_ps(load_half(factors + half * line / 2), product);
      __m512i order = order_of(_mm512_add_ps(base, scaled));
      __mmask16 kept = _mm512_cmplt_epu32_mask(order, limit);
      __m512i node = _mm512_loadu_si512(ids + half * line);
      _mm512_storeu_si512(orders + found, _mm512_maskz_compress_epi32(kept, order));
      _mm512_storeu_si512(nodes + found, _mm512_maskz_compress_epi32(kept, node));
      found += (size_t)__builtin_popcount(kept);
    }
    codes = ids + 4 * needle_fat_block;
  }
  return found;
}

#pragma clang attribute pop
#endif
