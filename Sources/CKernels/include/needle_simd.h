// Which instruction set the kernels use.
#pragma once

typedef enum needle_simd {
  NEEDLE_SIMD_PORTABLE = 0,  // C that any compiler vectorises as it can; NEON on arm64
  NEEDLE_SIMD_AVX2 = 1,      // AVX2, FMA, F16C
  NEEDLE_SIMD_AVX512 = 2,    // AVX-512 F, BW, DQ, VL
} needle_simd;

// The best set this CPU has, or the lower one that the environment variable NEEDLE_SIMD names
// (portable, avx2, avx512). Constant for the life of the process.
needle_simd needle_simd_level(void);

// Whether this CPU can run kernels of `level`.
int needle_simd_available(needle_simd level);

// "portable", "avx2" or "avx512".
const char *needle_simd_name(needle_simd level);
