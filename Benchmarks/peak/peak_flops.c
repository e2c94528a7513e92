// The highest float32 rate that one core of this machine reaches: independent chains of fused
// multiply-adds in registers, no memory at all. What share of it a kernel reaches is then a
// measured figure. Built and run by ./run.
#include <immintrin.h>
#include <stdio.h>
#include <time.h>

enum { chains = 14, rounds = 20 * 1000 * 1000, repeats = 5 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

#define MEASURE(NAME, TARGET, VECTOR, LANES, SET, FMA)                                      \
  __attribute__((target(TARGET))) static double NAME(void) {                                \
    double best = 0;                                                                        \
    for (int repeat = 0; repeat < repeats; repeat++) {                                      \
      VECTOR sums[chains], x = SET(0.999f), y = SET(1e-6f);                                 \
      for (int c = 0; c < chains; c++) sums[c] = SET((float)c);                             \
      double start = seconds();                                                             \
      for (int round = 0; round < rounds; round++) {                                        \
        _Pragma("clang loop unroll(full)") for (int c = 0; c < chains; c++) {               \
          sums[c] = FMA(sums[c], x, y);                                                     \
          __asm__ volatile("" : "+v"(sums[c]));                                             \
        }                                                                                   \
      }                                                                                     \
      double rate = 2.0 * LANES * chains * (double)rounds / (seconds() - start) * 1e-9;     \
      if (rate > best) best = rate;                                                         \
    }                                                                                       \
    return best;                                                                            \
  }

MEASURE(avx2, "avx2,fma", __m256, 8, _mm256_set1_ps, _mm256_fmadd_ps)
MEASURE(avx512, "avx512f", __m512, 16, _mm512_set1_ps, _mm512_fmadd_ps)

int main(void) {
  if (__builtin_cpu_supports("avx2")) printf("{\"simd\":\"avx2\",\"gflops\":%.1f}\n", avx2());
  if (__builtin_cpu_supports("avx512f")) printf("{\"simd\":\"avx512\",\"gflops\":%.1f}\n", avx512());
}
