#include <string.h>

#include "half.h"
#include "needle_codes.h"

#pragma clang fp contract(off)

// Loops are written once and compiled for each instruction set; the compiler vectorises them.

enum { high_unit = 128, most_query = 16192, code_zero_rest = 128 };

// Rounds to nearest, ties to even: adding 1.5 · 2^23 leaves no place for a fraction.
INLINE float rounded(float value) {
  const float shift = 12582912.0f;
  return (value + shift) - shift;
}

// What is not a number becomes `least`.
INLINE float between(float value, float least, float most) {
  return value > least ? (value < most ? value : most) : least;
}

INLINE float encode_query(const float *values, size_t dimension, size_t width, int8_t *high,
                          int8_t *low) {
  // Sizes order like their bits, which vectorise without promises about NaN; that counts as nothing.
  uint32_t largest = 0;
  for (size_t i = 0; i < dimension; i++) {
    uint32_t size = bits_of(values[i]) & 0x7fffffffu;
    size = size > 0x7f800000u ? 0 : size;
    largest = size > largest ? size : largest;
  }
  float most = float_of(largest);
  memset(high, 0, width);
  memset(low, 0, width);
  // What is too small for its inverse to be finite counts as zero.
  if (most < 1e-30f) return 1;
  float inverse = most_query / most;
  for (size_t i = 0; i < dimension; i++) {
    int32_t code = (int32_t)between(rounded(values[i] * inverse), -most_query, most_query);
    int32_t above = (code + high_unit / 2) >> 7;
    high[i] = (int8_t)above;
    low[i] = (int8_t)(code - above * high_unit);
  }
  return most / most_query;
}

INLINE void encode_codes(const float *values, size_t dimension, size_t width, float unit,
                         float zero, uint8_t most, uint8_t *codes) {
  float inverse = 1 / unit, limit = most;
  for (size_t i = 0; i < dimension; i++) {
    codes[i] = (uint8_t)(int32_t)between(rounded(values[i] * inverse + zero), 0, limit);
  }
  memset(codes + dimension, (int32_t)between(rounded(zero), 0, limit), width - dimension);
}

INLINE void encode_rests(const float *values, const uint8_t *codes, size_t dimension, size_t width,
                         float unit, float zero, float rest_unit, uint8_t *rests) {
  float inverse = 1 / rest_unit;
  for (size_t i = 0; i < dimension; i++) {
    float left = values[i] - unit * ((float)codes[i] - zero);
    float code = rounded(left * inverse) + code_zero_rest;
    rests[i] = (uint8_t)(int32_t)between(code, 0, 255);
  }
  memset(rests + dimension, code_zero_rest, width - dimension);
}

#define KERNELS(level, target)                                                                   \
  target static float query_##level(const float *values, size_t dimension, size_t width,         \
                                    int8_t *high, int8_t *low) {                                 \
    return encode_query(values, dimension, width, high, low);                                    \
  }                                                                                              \
  target static void codes_##level(const float *values, size_t dimension, size_t width,          \
                                   float unit, float zero, uint8_t most, uint8_t *codes) {       \
    encode_codes(values, dimension, width, unit, zero, most, codes);                             \
  }                                                                                              \
  target static void rests_##level(const float *values, const uint8_t *codes, size_t dimension,  \
                                   size_t width, float unit, float zero, float rest_unit,        \
                                   uint8_t *rests) {                                             \
    encode_rests(values, codes, dimension, width, unit, zero, rest_unit, rests);                 \
  }

#define TABLE(level) {query_##level, codes_##level, rests_##level}

KERNELS(portable, )

#if defined(__x86_64__)
KERNELS(avx2, __attribute__((target("avx2"))))
KERNELS(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))
static const needle_code_encoders tables[] = {TABLE(portable), TABLE(avx2), TABLE(avx512)};
#else
static const needle_code_encoders tables[] = {TABLE(portable), TABLE(portable), TABLE(portable)};
#endif

const needle_code_encoders *needle_code_encoders_for(needle_simd level) { return &tables[level]; }
