#include "needle_simd.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"portable", "avx2", "avx512"};

const char *needle_simd_name(needle_simd level) { return names[level]; }

int needle_simd_available(needle_simd level) {
#if defined(__x86_64__)
  switch (level) {
    case NEEDLE_SIMD_PORTABLE:
      return 1;
    case NEEDLE_SIMD_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("f16c");
    case NEEDLE_SIMD_AVX512:
      return needle_simd_available(NEEDLE_SIMD_AVX2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
  }
#endif
  return level == NEEDLE_SIMD_PORTABLE;
}

static needle_simd detected;

// Runs before any thread exists, so that the level is a plain constant afterwards.
__attribute__((constructor)) static void detect(void) {
  int best = NEEDLE_SIMD_AVX512;
  const char *asked = getenv("NEEDLE_SIMD");
  for (int level = NEEDLE_SIMD_PORTABLE; asked && level <= NEEDLE_SIMD_AVX512; level++) {
    if (strcmp(asked, names[level]) == 0) best = level;
  }
  while (!needle_simd_available((needle_simd)best)) best--;
  detected = (needle_simd)best;
}

needle_simd needle_simd_level(void) { return detected; }
