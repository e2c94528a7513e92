#include "codes.h"

#include "dot_product.h"

const needle_code_kernels *needle_code_kernels_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512 && __builtin_cpu_supports("avx512vnni")) {
    return &needle_codes_avx512;
  }
  if (level != NEEDLE_SIMD_PORTABLE) return &needle_codes_avx2;
#elif defined(__aarch64__)
  if (has_dot_product()) return &needle_codes_neon;
#endif
  (void)level;
  return &needle_codes_portable;
}

void needle_pack_nibbles(const uint8_t *codes, size_t width, uint8_t *nibbles) {
  enum { line = 64 };
  for (size_t start = 0; start < width; start += 2 * line) {
    for (size_t i = 0; i < line; i++) {
      *nibbles++ = (uint8_t)(codes[start + i] | codes[start + line + i] << 4);
    }
  }
}

void needle_pack_bits(const uint8_t *codes, size_t width, uint8_t *bits) {
  for (size_t i = 0; i < width / 8; i++) {
    uint8_t byte = 0;
    for (size_t j = 0; j < 8; j++) byte |= (uint8_t)(codes[8 * i + j] << j);
    bits[i] = byte;
  }
}
