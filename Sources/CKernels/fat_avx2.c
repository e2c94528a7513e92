#include "fat.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "kept_lanes.h"

#pragma clang attribute push(__attribute__((target("avx2,f16c,popcnt"))), apply_to = function)
#pragma clang fp contract(off)

enum { line = 64, half_block = needle_fat_block / 2 };
enum { lanes = 8, vectors = needle_fat_block / lanes };

static inline __m256i load(const void *p) { return _mm256_loadu_si256((const __m256i_u *)p); }

// Unsigned times signed bytes are added in pairs of 16 bits, which saturate. They do not where the
// size of a code less 128 is multiplied, and the query has the sign of it.
static inline __m256i plus_products(__m256i sum, __m256i less, __m256i size, const int8_t *query) {
  __m256i pairs = _mm256_maddubs_epi16(size, _mm256_sign_epi8(load(query), less));
  return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

static inline float own_score(const uint8_t *row, size_t width, const needle_fat_query *query,
                              fat_ahead ahead) {
  __m256i high = _mm256_setzero_si256(), low = high;
  for (size_t j = 0; j < width; j += line) {
    ask_at(ahead, j);
    for (size_t half = j; half < j + line; half += line / 2) {
      __m256i less = _mm256_xor_si256(load(row + half), _mm256_set1_epi8((char)0x80));
      __m256i size = _mm256_abs_epi8(less);
      high = plus_products(high, less, size, query->own.high + half);
      low = plus_products(low, less, size, query->own.low + half);
    }
  }
  __m256i both = _mm256_hadd_epi32(high, low);
  both = _mm256_hadd_epi32(both, both);
  __m128i two = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
  float product = 128.0f * (float)_mm_cvtsi128_si32(two);
  return query->own_scale * (product + (float)_mm_extract_epi32(two, 1));
}

// Entries are looked up for the 16 neighbors of 2 groups at once. A pair of them is added as one
// 16-bit number, and the second of the pair once more by itself: taken off at the end, 256 times,
// it leaves the first, since neither sum reaches 2^16.
static inline void table_sums(const uint8_t *codes, size_t groups, const uint8_t *table,
                              fat_ahead ahead, __m256i sums[vectors]) {
  const __m256i fifteen = _mm256_set1_epi8(15);
  __m256i pairs[2], seconds[2];
  pairs[0] = pairs[1] = seconds[0] = seconds[1] = _mm256_setzero_si256();
  for (size_t start = 0; start < groups * half_block; start += line) {
    ask_at(ahead, start);
    for (size_t at = start; at < start + line; at += 2 * half_block) {
      __m256i both = load(codes + at), entries = load(table + at);
      __m256i found = _mm256_shuffle_epi8(entries, _mm256_and_si256(both, fifteen));
      pairs[0] = _mm256_add_epi16(pairs[0], found);
      seconds[0] = _mm256_add_epi16(seconds[0], _mm256_srli_epi16(found, 8));
      __m256i high = _mm256_and_si256(_mm256_srli_epi16(both, 4), fifteen);
      found = _mm256_shuffle_epi8(entries, high);
      pairs[1] = _mm256_add_epi16(pairs[1], found);
      seconds[1] = _mm256_add_epi16(seconds[1], _mm256_srli_epi16(found, 8));
    }
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
  return _mm256_xor_si256(bits, _mm256_andnot_si256(negative, _mm256_set1_epi32(INT32_MAX)));
}

static inline __m256 load_half(const uint8_t *p) {
  return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i_u *)p));
}

size_t needle_fat_score_avx2(const uint8_t *row, needle_fat_shape shape,
                             const needle_fat_query *query, uint32_t below, needle_fat_ahead ahead,
                             float *own, uint32_t *orders, uint32_t *nodes) {
  fat_ahead rows_ahead = fat_ahead_of(row, ahead);
  *own = own_score(row, shape.width, query, rows_ahead);
  const __m256 own_all = _mm256_set1_ps(*own), scale = _mm256_set1_ps(query->table_scale);
  const __m256 bias = _mm256_set1_ps(query->table_bias);
  // Numbers are compared as signed ones: with the highest bit turned over, they keep their order.
  const __m256i highest = _mm256_set1_epi32(INT32_MIN);
  const __m256i limit = _mm256_xor_si256(_mm256_set1_epi32((int)below), highest);
  size_t found = 0, codes_bytes = shape.groups * half_block;
  size_t block_bytes = codes_bytes + 8 * needle_fat_block;
  for (size_t block = 0; block < shape.blocks; block++) {
    size_t at = shape.width + block * block_bytes;
    const uint8_t *bases = row + at + codes_bytes, *factors = bases + 2 * needle_fat_block;
    const uint8_t *ids = factors + 2 * needle_fat_block;
    fat_ahead ahead_here = fat_ahead_from(rows_ahead, at);
    __m256i sums[vectors];
    table_sums(row + at, shape.groups, query->table, ahead_here, sums);
    for (size_t j = codes_bytes; j < block_bytes; j += line) ask_at(ahead_here, j);
#pragma clang loop unroll(full)
    for (size_t v = 0; v < vectors; v++) {
      __m256 product = _mm256_add_ps(_mm256_mul_ps(scale, _mm256_cvtepi32_ps(sums[v])), bias);
      __m256 base = _mm256_add_ps(own_all, load_half(bases + 2 * lanes * v));
      __m256 scaled = _mm256_mul_ps(load_half(factors + 2 * lanes * v), product);
      __m256i order = order_of(_mm256_add_ps(base, scaled));
      __m256i near = _mm256_cmpgt_epi32(limit, _mm256_xor_si256(order, highest));
      uint32_t kept = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(near));
      __m256i from = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i_u *)&kept_lanes[kept]));
      __m256i node = load(ids + 4 * lanes * v);
      _mm256_storeu_si256((__m256i_u *)(orders + found), _mm256_permutevar8x32_epi32(order, from));
      _mm256_storeu_si256((__m256i_u *)(nodes + found), _mm256_permutevar8x32_epi32(node, from));
      found += (size_t)__builtin_popcount(kept);
    }
  }
  return found;
}

// What is at hand is asked for, which costs less than a branch.
#define NAME needle_fat_own_avx2
#define OWN_SCORE(row, width, query) own_score(row, width, query, (fat_ahead){row, row})
#include "fat_own.h"

#pragma clang attribute pop
#endif
