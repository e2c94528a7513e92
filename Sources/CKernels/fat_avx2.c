#include <string.h>

#include "fat.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,f16c,popcnt"))), apply_to = function)
#pragma clang fp contract(off)

enum { half_block = needle_fat_block / 2, lanes = 8, vectors = needle_fat_block / lanes };

static inline __m256i load(const void *p) { return _mm256_loadu_si256((const __m256i_u *)p); }

static inline __m256i widened(const void *p) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i_u *)p));
}

static inline float own_score(const uint8_t *row, size_t width, const needle_fat_query *query) {
  __m256i high = _mm256_setzero_si256(), low = high;
  for (size_t j = 0; j < width; j += 16) {
    __m256i codes = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i_u *)(row + j)));
    high = _mm256_add_epi32(high, _mm256_madd_epi16(codes, widened(query->own.high + j)));
    low = _mm256_add_epi32(low, _mm256_madd_epi16(codes, widened(query->own.low + j)));
  }
  __m256i both = _mm256_hadd_epi32(high, low);
  both = _mm256_hadd_epi32(both, both);
  __m128i two = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  int32_t high_sum = query->high_offset + _mm_cvtsi128_si32(two);
  int32_t low_sum = query->low_offset + _mm_extract_epi32(two, 1);
  float product = 128.0f * (float)high_sum;
  return query->own_scale * (product + (float)low_sum);
}

// Entries are looked up for the 16 neighbors of 2 groups at once. A pair of them is added as one
// 16-bit number, and the second of the pair once more by itself: taken off at the end, 256 times,
// it leaves the first, since neither sum reaches 2^16.
static inline void table_sums(const uint8_t *codes, size_t groups, const uint8_t *table,
                              __m256i sums[vectors]) {
  const __m256i fifteen = _mm256_set1_epi8(15);
  __m256i pairs[2], seconds[2];
  pairs[0] = pairs[1] = seconds[0] = seconds[1] = _mm256_setzero_si256();
  for (size_t at = 0; at < groups * half_block; at += 2 * half_block) {
    __m256i both = load(codes + at), entries = load(table + at);
    __m256i found = _mm256_shuffle_epi8(entries, _mm256_and_si256(both, fifteen));
    pairs[0] = _mm256_add_epi16(pairs[0], found);
    seconds[0] = _mm256_add_epi16(seconds[0], _mm256_srli_epi16(found, 8));
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(both, 4), fifteen);
    found = _mm256_shuffle_epi8(entries, high);
    pairs[1] = _mm256_add_epi16(pairs[1], found);
    seconds[1] = _mm256_add_epi16(seconds[1], _mm256_srli_epi16(found, 8));
  }
  for (size_t h = 0; h < 2; h++) {
    __m256i firsts = _mm256_sub_epi16(pairs[h], _mm256_slli_epi16(seconds[h], 8));
    __m128i first = _mm_add_epi16(_mm256_castsi256_si128(firsts),
                                  _mm256_extracti128_si256(firsts, 1));
    __m128i second = _mm_add_epi16(_mm256_castsi256_si128(seconds[h]),
                                   _mm256_extracti128_si256(seconds[h], 1));
    sums[2 * h] = _mm256_cvtepu16_epi32(_mm_unpacklo_epi16(first, second));
    sums[2 * h + 1] = _mm256_cvtepu16_epi32(_mm_unpackhi_epi16(first, second));
  }
}

// The needle_distance_order of minus a score.
static inline __m256i order_of(__m256 score) {
  __m256i bits = _mm256_castps_si256(score), negative = _mm256_srai_epi32(bits, 31);
  return _mm256_xor_si256(bits, _mm256_andnot_si256(negative, _mm256_set1_epi32(0x7fffffff)));
}

static inline __m256 load_half(const uint8_t *p) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i_u *)p));
}

size_t needle_fat_score_avx2(const uint8_t *row, needle_fat_shape shape,
                             const needle_fat_query *query, uint32_t below, needle_fat_ahead ahead,
                             float *own, uint32_t *orders, uint32_t *nodes) {
  ask_all(ahead, shape);
  *own = own_score(row, shape.width, query);
  const __m256 own_all = _mm256_set1_ps(*own), scale = _mm256_set1_ps(query->table_scale);
  const __m256 bias = _mm256_set1_ps(query->table_bias);
  const uint8_t *codes = row + shape.width;
  size_t found = 0;
  for (size_t block = 0; block < shape.blocks; block++) {
    __m256i sums[vectors];
    table_sums(codes, shape.groups, query->table, sums);
    const uint8_t *bases = codes + shape.groups * half_block;
    const uint8_t *factors = bases + 2 * needle_fat_block, *ids = factors + 2 * needle_fat_block;
    uint32_t all[needle_fat_block];
    for (size_t v = 0; v < vectors; v++) {
      __m256 product = _mm256_add_ps(_mm256_mul_ps(scale, _mm256_cvtepi32_ps(sums[v])), bias);
      __m256 base = _mm256_add_ps(own_all, load_half(bases + 2 * lanes * v));
      __m256 scaled = _mm256_mul_ps(load_half(factors + 2 * lanes * v), product);
      _mm256_storeu_si256((__m256i_u *)(all + lanes * v), order_of(_mm256_add_ps(base, scaled)));
    }
    for (size_t n = 0; n < needle_fat_block; n++) {
      memcpy(nodes + found, ids + 4 * n, sizeof *nodes);
      orders[found] = all[n];
      found += all[n] < below;
    }
    codes = ids + 4 * needle_fat_block;
  }
  return found;
}

#pragma clang attribute pop
#endif
