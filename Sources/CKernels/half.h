// Internal: half precision in plain C.
#pragma once

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

INLINE float float_of(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

INLINE uint32_t bits_of(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

// The half's exponent and fraction are moved into a float's place and the exponent is rebiased.
// Subnormal halves are normal floats: with an exponent one too large, what the implicit bit adds
// is taken off again, exactly, and no subnormal float is ever touched.
INLINE float widen(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  const uint32_t rest = (uint32_t)(half & 0x7fffu) << 13;
  const uint32_t normal = rest + ((127u - 15u) << 23);
  const uint32_t subnormal = bits_of(float_of(rest + (113u << 23)) - float_of(113u << 23));
  const uint32_t quiet = rest > (0x1fu << 23) ? 1u << 22 : 0;
  const uint32_t special = rest | (0xffu << 23) | quiet;
  uint32_t bits = rest < (1u << 23) ? subnormal : normal;
  bits = rest >= (0x1fu << 23) ? special : bits;
  return float_of(bits | sign);
}
