#include "codes.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

typedef int32x4_t vec;
#define vec_zero() vdupq_n_s32(0)

static inline void reduce4(const int32x4_t *sums, int32_t *out) {
  vst1q_s32(out, vpaddq_s32(vpaddq_s32(sums[0], sums[1]), vpaddq_s32(sums[2], sums[3])));
}

// The instruction multiplies signed bytes: of codes less 128, which is made good with the query.
typedef struct shifted {
  int8x16_t codes;
  int32x4_t rest;
} shifted;

static inline shifted shifted_load(const int8_t *p) {
  int8x16_t codes = vld1q_s8(p);
  int32x4_t sum = vdotq_s32(vec_zero(), codes, vdupq_n_s8(1));
  return (shifted){codes, vshlq_n_s32(sum, 7)};
}

static inline int32x4_t byte_step(int32x4_t sum, const uint8_t *row, shifted q) {
  int8x16_t less = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(row), vdupq_n_u8(0x80)));
  return vdotq_s32(vaddq_s32(sum, q.rest), less, q.codes);
}

#define PART 16
#define PART_BYTES 16
#define NAME bytes
#define part shifted
#define part_load(p) shifted_load(p)
#define part_step(sum, row, q) byte_step(sum, row, q)
#include "code_products.h"
#undef PART
#undef PART_BYTES
#undef NAME
#undef part
#undef part_load
#undef part_step

static inline int32x4_t nibble_step(int32x4_t sum, const uint8_t *row, const int8_t *q) {
  for (size_t i = 0; i < 64; i += 16) {
    uint8x16_t both = vld1q_u8(row + i);
    int8x16_t low = vreinterpretq_s8_u8(vandq_u8(both, vdupq_n_u8(15)));
    sum = vdotq_s32(sum, low, vld1q_s8(q + i));
    sum = vdotq_s32(sum, vreinterpretq_s8_u8(vshrq_n_u8(both, 4)), vld1q_s8(q + i + 64));
  }
  return sum;
}

#define PART 128
#define PART_BYTES 64
#define NAME nibbles
typedef const int8_t *address;
#define part address
#define part_load(p) (p)
#define part_step(sum, row, q) nibble_step(sum, row, q)
#include "code_products.h"
#undef PART
#undef PART_BYTES
#undef NAME
#undef part
#undef part_load
#undef part_step

// Each of 16 bits becomes a byte: copies of its byte, of which it alone is looked at.
static inline int32x4_t bit_step(int32x4_t sum, const uint8_t *row, int8x16_t q) {
  const uint8x8_t bits = vcreate_u8(0x8040201008040201);
  uint8x16_t bytes = vcombine_u8(vdup_n_u8(row[0]), vdup_n_u8(row[1]));
  uint8x16_t set = vtstq_u8(bytes, vcombine_u8(bits, bits));
  return vdotq_s32(sum, vandq_s8(vreinterpretq_s8_u8(set), q), vdupq_n_s8(1));
}

#define PART 16
#define PART_BYTES 2
#define NAME bits
#define part int8x16_t
#define part_load(p) vld1q_s8(p)
#define part_step(sum, row, q) bit_step(sum, row, q)
#include "code_products.h"

#pragma clang attribute pop

const needle_code_kernels needle_codes_neon = {bytes, nibbles, bits};
#endif
