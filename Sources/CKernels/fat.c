#include "fat.h"

#include "dot_product.h"

#define TABLE(level)                                                                               \
  {needle_fat_score_##level, needle_fat_own_##level, needle_fat_table_##level,                     \
   needle_fat_encode_##level}

const needle_fat_kernels *needle_fat_kernels_for(needle_simd level) {
#if defined(__x86_64__)
  static const needle_fat_kernels avx2 = TABLE(avx2), avx512 = TABLE(avx512);
  // Without lookups in 64 entries and products of bytes, AVX-512 gains little.
  if (level == NEEDLE_SIMD_AVX512 && __builtin_cpu_supports("avx512vnni") &&
      __builtin_cpu_supports("avx512vbmi")) {
    return &avx512;
  }
  if (level != NEEDLE_SIMD_PORTABLE) return &avx2;
#elif defined(__aarch64__)
  static const needle_fat_kernels neon = TABLE(neon);
  if (has_dot_product()) return &neon;
#endif
  (void)level;
  return &needle_fat_portable;
}
