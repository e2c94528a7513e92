#include <string.h>

#include "half.h"
#include "needle_int8.h"

#pragma clang fp contract(off)

// Loops are written once and compiled for each instruction set; the compiler vectorises them.

// Rounds to nearest, ties to even: adding 1.5 · 2^23 leaves no place for a fraction.
INLINE float rounded(float value) {
  const float shift = 12582912.0f;
  return (value + shift) - shift;
}

INLINE float encode_query(const float *values, size_t dimension, size_t steps, int8_t *codes,
                          int32_t *sum) {
  float most = 0;
  for (size_t i = 0; i < dimension; i++) {
    float size = values[i] < 0 ? -values[i] : values[i];
    most = size > most ? size : most;
  }
  // What is too small for its inverse to be finite counts as zero.
  if (most < 1e-30f) {
    memset(codes, 0, steps * needle_code_step);
    *sum = 0;
    return 1;
  }
  float inverse = 127 / most;
  int32_t total = 0;
  for (size_t i = 0; i < dimension; i++) {
    // What is no number, or was divided by infinity, counts as zero: no integer stands for it.
    float exact = rounded(values[i] * inverse);
    int32_t code = (int32_t)(exact == exact ? exact : 0);
    codes[i] = (int8_t)code;
    total += code;
  }
  memset(codes + dimension, 0, steps * needle_code_step - dimension);
  *sum = total;
  return most / 127;
}

INLINE void encode_row(const float *values, size_t dimension, size_t steps, float unit,
                       uint8_t *panels, size_t row) {
  enum { step_bytes = needle_code_lanes * needle_code_step, block = 64 };
  uint8_t *to = panels + row / needle_code_lanes * steps * step_bytes +
                row % needle_code_lanes * needle_code_step;
  float inverse = 1 / unit;
  for (size_t start = 0; start < steps * needle_code_step; start += block) {
    uint8_t codes[block];
    size_t left = start < dimension ? dimension - start : 0, n = left < block ? left : block;
    memset(codes, needle_code_zero, sizeof codes);
    for (size_t i = 0; i < n; i++) {
      float code = rounded(values[start + i] * inverse);
      code = code < -127 ? -127 : code > 127 ? 127 : code == code ? code : 0;
      codes[i] = (uint8_t)((int32_t)code + needle_code_zero);
    }
    size_t first = start / needle_code_step, last = first + block / needle_code_step;
    for (size_t k = first; k < (last < steps ? last : steps); k++) {
      memcpy(to + k * step_bytes, codes + (k - first) * needle_code_step, needle_code_step);
    }
  }
}

INLINE void accumulate(const int8_t *codes, size_t dimension, float scale, float *sums) {
  for (size_t i = 0; i < dimension; i++) sums[i] += scale * (float)codes[i];
}

#define KERNELS(level, target)                                                                  \
  target static float encode_query_##level(const float *values, size_t dimension, size_t steps, \
                                           int8_t *codes, int32_t *sum) {                       \
    return encode_query(values, dimension, steps, codes, sum);                                  \
  }                                                                                             \
  target static void encode_row_##level(const float *values, size_t dimension, size_t steps,    \
                                        float unit, uint8_t *panels, size_t row) {              \
    encode_row(values, dimension, steps, unit, panels, row);                                    \
  }                                                                                             \
  target static void accumulate_##level(const int8_t *codes, size_t dimension, float scale,     \
                                        float *sums) {                                          \
    accumulate(codes, dimension, scale, sums);                                                  \
  }

#define TABLE(level) {encode_query_##level, encode_row_##level, accumulate_##level}

KERNELS(portable, )

#if defined(__x86_64__)
KERNELS(avx2, __attribute__((target("avx2"))))
KERNELS(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))
static const needle_int8_encoders tables[] = {TABLE(portable), TABLE(avx2), TABLE(avx512)};
#else
static const needle_int8_encoders tables[] = {TABLE(portable), TABLE(portable), TABLE(portable)};
#endif

const needle_int8_encoders *needle_int8_encoders_for(needle_simd level) { return &tables[level]; }
