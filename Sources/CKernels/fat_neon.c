#include <string.h>

#include "fat.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#pragma clang fp contract(off)

enum { half_block = needle_fat_block / 2, lanes = 4, vectors = needle_fat_block / lanes };

// The instruction multiplies signed bytes: of codes less 128.
static inline float own_score(const uint8_t *row, size_t width, const needle_fat_query *query) {
  int32x4_t high = vdupq_n_s32(0), low = high;
  for (size_t j = 0; j < width; j += 16) {
    int8x16_t less = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(row + j), vdupq_n_u8(0x80)));
    high = vdotq_s32(high, less, vld1q_s8(query->own.high + j));
    low = vdotq_s32(low, less, vld1q_s8(query->own.low + j));
  }
  float product = 128.0f * (float)vaddvq_s32(high);
  return query->own_scale * (product + (float)vaddvq_s32(low));
}

static inline void widen_sums(uint16x8_t from, uint32x4_t *to) {
  to[0] = vmovl_u16(vget_low_u16(from));
  to[1] = vmovl_high_u16(from);
}

static inline void table_sums(const uint8_t *codes, size_t groups, const uint8_t *table,
                              uint32x4_t sums[vectors]) {
  uint16x8_t of[4];
  for (size_t i = 0; i < 4; i++) of[i] = vdupq_n_u16(0);
  for (size_t at = 0; at < groups * half_block; at += half_block) {
    uint8x16_t both = vld1q_u8(codes + at), entries = vld1q_u8(table + at);
    uint8x16_t first = vqtbl1q_u8(entries, vandq_u8(both, vdupq_n_u8(15)));
    uint8x16_t second = vqtbl1q_u8(entries, vshrq_n_u8(both, 4));
    of[0] = vaddw_u8(of[0], vget_low_u8(first));
    of[1] = vaddw_high_u8(of[1], first);
    of[2] = vaddw_u8(of[2], vget_low_u8(second));
    of[3] = vaddw_high_u8(of[3], second);
  }
  for (size_t i = 0; i < 4; i++) widen_sums(of[i], sums + 2 * i);
}

// The needle_distance_order of minus a score.
static inline uint32x4_t order_of(float32x4_t score) {
  uint32x4_t bits = vreinterpretq_u32_f32(score);
  uint32x4_t negative = vreinterpretq_u32_s32(vshrq_n_s32(vreinterpretq_s32_f32(score), 31));
  return veorq_u32(bits, vbicq_u32(vdupq_n_u32(0x7fffffff), negative));
}

static inline float32x4_t load_half(const uint8_t *p) {
  return vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(p)));
}

size_t needle_fat_score_neon(const uint8_t *row, needle_fat_shape shape,
                             const needle_fat_query *query, uint32_t below, needle_fat_ahead ahead,
                             float *own, uint32_t *orders, uint32_t *nodes) {
  ask_all(ahead, shape);
  *own = own_score(row, shape.width, query);
  const float32x4_t own_all = vdupq_n_f32(*own), bias = vdupq_n_f32(query->table_bias);
  const uint8_t *codes = row + shape.width;
  size_t found = 0;
  for (size_t block = 0; block < shape.blocks; block++) {
    uint32x4_t sums[vectors];
    table_sums(codes, shape.groups, query->table, sums);
    const uint8_t *bases = codes + shape.groups * half_block;
    const uint8_t *factors = bases + 2 * needle_fat_block, *ids = factors + 2 * needle_fat_block;
    uint32_t all[needle_fat_block];
    for (size_t v = 0; v < vectors; v++) {
      float32x4_t sum = vcvtq_f32_u32(sums[v]);
      float32x4_t product = vaddq_f32(vmulq_n_f32(sum, query->table_scale), bias);
      float32x4_t base = vaddq_f32(own_all, load_half(bases + 2 * lanes * v));
      float32x4_t scaled = vmulq_f32(load_half(factors + 2 * lanes * v), product);
      vst1q_u32(all + lanes * v, order_of(vaddq_f32(base, scaled)));
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

#define NAME needle_fat_own_neon
#define OWN_SCORE own_score
#include "fat_own.h"

#pragma clang attribute pop
#endif
