#include "fat.h"

#if defined(__x86_64__)
static const needle_fat_kernels avx2 = {needle_fat_score_avx2, needle_fat_table_avx2,
                                        needle_fat_encode_avx2};
static const needle_fat_kernels avx512 = {needle_fat_score_avx512, needle_fat_table_avx512,
                                          needle_fat_encode_avx512};
#endif

const needle_fat_kernels *needle_fat_kernels_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512 && __builtin_cpu_supports("avx512vnni") &&
      __builtin_cpu_supports("avx512vbmi")) {
    return &avx512;
  }
  if (level != NEEDLE_SIMD_PORTABLE) return &avx2;
#endif
  (void)level;
  return &needle_fat_portable;
}
