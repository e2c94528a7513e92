#include "needle_int8.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)

#include "int8_candidates.h"

typedef int32x4_t vec;
typedef int8x16_t data;
typedef int8x16_t query;
#define LANES 4
// 24 sums, 4 of data and a query: 29 of 32 registers.
#define PANELS 1
#define QUERIES 6
#define vec_set1(x) vdupq_n_s32(x)
#define query_load(p) vreinterpretq_s8_s32(vld1q_dup_s32((const int32_t *)(const void *)(p)))
#define vec_dot(sum, x, y) vdotq_s32(sum, x, y)
// The instruction multiplies signed bytes: the 128 taken off the data is not there to be made good.
#define data_load(p) vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80)))
#define vec_and(v, w) vandq_s32(v, w)
#define tile_start(start, offset) ((start) - (offset))
#define add_hits add_hits_one_by_one

static inline uint64_t vec_positive(int32x4_t v) {
  const uint32x4_t bits = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32(vcgezq_s32(v), bits));
}

static inline void vec_score(float *out, int32x4_t sum, const float *scales, const float *biases,
                             float scale) {
  float32x4_t scaled = vmulq_f32(vcvtq_f32_s32(sum), vld1q_f32(scales));
  vst1q_f32(out, vaddq_f32(vmulq_n_f32(scaled, scale), vld1q_f32(biases)));
}

#include "int8_scan.h"

#pragma clang attribute pop

const needle_int8_kernels needle_int8_neon = {"neon-dot", scan, score, prune};
#endif
