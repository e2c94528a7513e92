#include "fat.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                                  \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx512vbmi,popcnt"))), \
    apply_to = function)
#pragma clang fp contract(off)

enum { line = 64, half_block = needle_fat_block / 2 };

static inline float own_score(const uint8_t *row, size_t width, const needle_fat_query *query,
                              fat_ahead ahead) {
  __m512i high = _mm512_setzero_si512(), low = high;
  for (size_t j = 0; j < width; j += line) {
    ask_at(ahead, j);
    __m512i codes = _mm512_loadu_si512(row + j);
    high = _mm512_dpbusd_epi32(high, codes, _mm512_loadu_si512(query->own.high + j));
    low = _mm512_dpbusd_epi32(low, codes, _mm512_loadu_si512(query->own.low + j));
  }
  // Both sums go through the shuffles together.
  __m512i both = _mm512_unpacklo_epi64(high, low);
  both = _mm512_add_epi32(both, _mm512_unpackhi_epi64(high, low));
  __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(both), _mm512_extracti64x4_epi64(both, 1));
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
  __m128i two = _mm_add_epi32(four, _mm_srli_epi64(four, 32));
  int32_t high_sum = _mm_cvtsi128_si32(two) - 128 * query->high_sum;
  int32_t low_sum = _mm_extract_epi32(two, 2) - 128 * query->low_sum;
  float product = 128.0f * (float)high_sum;
  return query->own_scale * (product + (float)low_sum);
}

typedef struct sums {
  __m512i first, second;  // of neighbors 0–15 and 16–31
} sums;

// The codes of a line are turned, so that the 4 groups of a neighbor stand side by side: one lookup
// in the 64 entries of 4 groups then finds what one product with ones adds up for 16 neighbors.
static inline sums table_sums(const uint8_t *codes, size_t groups, const uint8_t *table,
                              fat_ahead ahead) {
  const __m512i neighbors = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  // 16 · group in each byte: a place in a line of codes, with the neighbor, and in one of entries.
  const __m512i group = _mm512_set1_epi32(0x30201000), ones = _mm512_set1_epi8(1);
  const __m512i neighbor = _mm512_mullo_epi32(neighbors, _mm512_set1_epi32(0x01010101));
  const __m512i turned = _mm512_or_si512(neighbor, group);
  const __m512i fifteen = _mm512_set1_epi8(15);
  enum { masked_or = 0xea };  // a & b | c
  // Lines go to two sums in turn: a product waits for the last one to its sum.
  sums all[2] = {{_mm512_setzero_si512(), _mm512_setzero_si512()},
                 {_mm512_setzero_si512(), _mm512_setzero_si512()}};
#pragma clang loop unroll_count(2)
  for (size_t at = 0, turn = 0; at < groups * half_block; at += line, turn ^= 1) {
    ask_at(ahead, at);
    __m512i both = _mm512_permutexvar_epi8(turned, _mm512_loadu_si512(codes + at));
    __m512i entries = _mm512_loadu_si512(table + at);
    __m512i place = _mm512_ternarylogic_epi32(both, fifteen, group, masked_or);
    sums *sum = &all[turn];
    sum->first = _mm512_dpbusd_epi32(sum->first, _mm512_permutexvar_epi8(place, entries), ones);
    place = _mm512_ternarylogic_epi32(_mm512_srli_epi16(both, 4), fifteen, group, masked_or);
    sum->second = _mm512_dpbusd_epi32(sum->second, _mm512_permutexvar_epi8(place, entries), ones);
  }
  return (sums){_mm512_add_epi32(all[0].first, all[1].first),
                _mm512_add_epi32(all[0].second, all[1].second)};
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
                               const needle_fat_query *query, uint32_t below,
                               needle_fat_ahead ahead, float *own, uint32_t *orders,
                               uint32_t *nodes) {
  fat_ahead lines = fat_ahead_of(row, ahead);
  *own = own_score(row, shape.width, query, lines);
  const __m512 own_all = _mm512_set1_ps(*own), scale = _mm512_set1_ps(query->table_scale);
  const __m512 bias = _mm512_set1_ps(query->table_bias);
  const __m512i limit = _mm512_set1_epi32((int)below);
  size_t found = 0, codes_bytes = shape.groups * half_block;
  size_t block_bytes = codes_bytes + 8 * needle_fat_block;
  for (size_t block = 0; block < shape.blocks; block++) {
    size_t at = shape.width + block * block_bytes;
    const uint8_t *bases = row + at + codes_bytes, *factors = bases + 2 * needle_fat_block;
    const uint8_t *ids = factors + 2 * needle_fat_block;
    fat_ahead ahead_here = fat_ahead_from(lines, at);
    sums both = table_sums(row + at, shape.groups, query->table, ahead_here);
    for (size_t j = codes_bytes; j < block_bytes; j += line) ask_at(ahead_here, j);
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
  }
  return found;
}

// What is at hand is asked for, which costs less than a branch.
#define NAME needle_fat_own_avx512
#define OWN_SCORE(row, width, query) own_score(row, width, query, (fat_ahead){row, row})
#include "fat_own.h"

#pragma clang attribute pop
#endif
