#include <string.h>

#include "codes.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

typedef __m256i vec;
#define vec_zero() _mm256_setzero_si256()

static inline void reduce4(const __m256i *sums, int32_t *out) {
  __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(sums[0], sums[1]),
                                  _mm256_hadd_epi32(sums[2], sums[3]));
  __m128i four = _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  _mm_storeu_si128((__m128i_u *)out, four);
}

static inline __m256i load(const void *p) { return _mm256_loadu_si256((const __m256i_u *)p); }

static inline __m256i plus_pairs(__m256i sum, __m256i words) {
  return _mm256_add_epi32(sum, _mm256_madd_epi16(words, _mm256_set1_epi16(1)));
}

// Products of bytes saturate, so that bytes are widened to 16 bits first: the even and the odd
// ones, see int8_avx2.c.
typedef struct pairs {
  __m256i even, odd;
} pairs;

static inline pairs pairs_load(const int8_t *p) {
  __m256i bytes = load(p);
  return (pairs){_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8), _mm256_srai_epi16(bytes, 8)};
}

static inline __m256i byte_step(__m256i sum, const uint8_t *row, pairs q) {
  __m256i bytes = load(row);
  __m256i even = _mm256_madd_epi16(_mm256_and_si256(bytes, _mm256_set1_epi16(0xff)), q.even);
  __m256i odd = _mm256_madd_epi16(_mm256_srli_epi16(bytes, 8), q.odd);
  return _mm256_add_epi32(sum, _mm256_add_epi32(even, odd));
}

#define PART 32
#define PART_BYTES 32
#define NAME bytes
#define part pairs
#define part_load(p) pairs_load(p)
#define part_step(sum, row, q) byte_step(sum, row, q)
#include "code_products.h"
#undef PART
#undef PART_BYTES
#undef NAME
#undef part
#undef part_load
#undef part_step

// 128 dimensions of a query, a quarter each. Products with nibbles fit 16 bits, four of them too.
typedef struct quarters {
  __m256i of[4];
} quarters;

static inline __m256i nibble_step(__m256i sum, const uint8_t *row, const quarters *q) {
  const __m256i fifteen = _mm256_set1_epi8(15);
  __m256i words = vec_zero();
  for (size_t i = 0; i < 2; i++) {
    __m256i both = load(row + 32 * i);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(both, 4), fifteen);
    __m256i low = _mm256_and_si256(both, fifteen);
    words = _mm256_add_epi16(words, _mm256_maddubs_epi16(low, q->of[i]));
    words = _mm256_add_epi16(words, _mm256_maddubs_epi16(high, q->of[i + 2]));
  }
  return plus_pairs(sum, words);
}

#define PART 128
#define PART_BYTES 64
#define NAME nibbles
#define part quarters
#define part_load(p) {{load(p), load((p) + 32), load((p) + 64), load((p) + 96)}}
#define part_step(sum, row, q) nibble_step(sum, row, &q)
#include "code_products.h"
#undef PART
#undef PART_BYTES
#undef NAME
#undef part
#undef part_load
#undef part_step

// Each of 32 bits becomes a byte: copies of its byte, of which it alone is looked at.
static inline __m256i bit_step(__m256i sum, const uint8_t *row, __m256i q) {
  const __m256i bytes = _mm256_set_epi64x(0x0303030303030303, 0x0202020202020202,
                                          0x0101010101010101, 0);
  const __m256i bits = _mm256_set1_epi64x((long long)0x8040201008040201);
  int32_t all;
  memcpy(&all, row, sizeof all);
  __m256i own = _mm256_and_si256(_mm256_shuffle_epi8(_mm256_set1_epi32(all), bytes), bits);
  __m256i kept = _mm256_and_si256(_mm256_cmpeq_epi8(own, bits), q);
  return plus_pairs(sum, _mm256_maddubs_epi16(_mm256_set1_epi8(1), kept));
}

#define PART 32
#define PART_BYTES 4
#define NAME bits
#define part __m256i
#define part_load(p) load(p)
#define part_step(sum, row, q) bit_step(sum, row, q)
#include "code_products.h"

#pragma clang attribute pop

const needle_code_kernels needle_codes_avx2 = {bytes, nibbles, bits};
#endif
