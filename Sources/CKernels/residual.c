#include "needle_residual.h"

#include "half.h"
#include "needle_int8.h"

#pragma clang fp contract(off)

// Rounds to nearest, ties to even, as the encoders of needle_int8 do.
static inline float rounded(float value) {
  const float shift = 12582912.0f;
  return (value + shift) - shift;
}

static inline float within(float value, float most) {
  return value < -most ? -most : value > most ? most : value;
}

void needle_residual_encode(const float *values, size_t dimension, float unit, int8_t *rest,
                            size_t width) {
  float inverse = 1 / unit;
  for (size_t i = 0; i < dimension; i++) {
    float scaled = values[i] * inverse;
    float left = scaled - within(rounded(scaled), 127);
    rest[i] = (int8_t)within(rounded(left * needle_residual_units), 127);
  }
  for (size_t i = dimension; i < width; i++) rest[i] = 0;
}

typedef float four __attribute__((ext_vector_type(4)));
typedef uint8_t four_codes __attribute__((ext_vector_type(4)));
typedef int8_t four_rests __attribute__((ext_vector_type(4)));

INLINE float sum_of(four v) { return (v[0] + v[1]) + (v[2] + v[3]); }

INLINE float score(const float *query, const needle_refined_row *row, size_t steps) {
  enum { step = needle_code_step, stride = needle_code_lanes * needle_code_step };
  const four zero = needle_code_zero;
  four centers = 0, codes = 0, rests = 0;
  for (size_t k = 0; k < steps; k++) {
    four value;
    four_codes center, code;
    four_rests rest;
    memcpy(&value, query + k * step, sizeof value);
    memcpy(&center, row->center + k * stride, sizeof center);
    memcpy(&code, row->code + k * stride, sizeof code);
    memcpy(&rest, row->rest + k * step, sizeof rest);
    centers += value * (__builtin_convertvector(center, four) - zero);
    codes += value * (__builtin_convertvector(code, four) - zero);
    rests += value * __builtin_convertvector(rest, four);
  }
  float code = sum_of(codes) + sum_of(rests) * (1.0f / needle_residual_units);
  return row->center_unit * sum_of(centers) + row->unit * code;
}

static float score_portable(const float *query, const needle_refined_row *row, size_t steps) {
  return score(query, row, steps);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static float score_avx2(const float *query,
                                                        const needle_refined_row *row,
                                                        size_t steps) {
  return score(query, row, steps);
}
#endif

needle_residual_score_pointer needle_residual_score_for(needle_simd level) {
#if defined(__x86_64__)
  if (level != NEEDLE_SIMD_PORTABLE) return score_avx2;
#endif
  (void)level;
  return score_portable;
}
