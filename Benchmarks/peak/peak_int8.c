// The highest rate of products of bytes that one core of this machine reaches, and the share of it
// that the integer scan reaches where no row passes. Built and run by ./run; NEEDLE_SIMD picks
// another instruction set.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CKernels.h"

enum { chains = 14, rounds = 5 * 1000 * 1000, repeats = 15, probe_count = 150 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

// Independent chains of one instruction, in registers; PRODUCTS is what one of them multiplies.
#define MEASURE(NAME, TARGET, VECTOR, REGISTER, PRODUCTS, ZERO, STEP)                \
  TARGET static double NAME(void) {                                                 \
    VECTOR sums[chains], x = ZERO;                                                  \
    for (int c = 0; c < chains; c++) sums[c] = ZERO;                                \
    __asm__ volatile("" : "+" REGISTER(x));                                         \
    double start = seconds();                                                       \
    for (int round = 0; round < rounds; round++) {                                  \
      _Pragma("clang loop unroll(full)") for (int c = 0; c < chains; c++) {         \
        sums[c] = STEP;                                                             \
        __asm__ volatile("" : "+" REGISTER(sums[c]));                               \
      }                                                                             \
    }                                                                               \
    return (double)PRODUCTS * chains * rounds / (seconds() - start) * 1e-9;         \
  }

#if defined(__x86_64__)
#include <immintrin.h>

MEASURE(vpdpbusd, __attribute__((target("avx512f,avx512vnni"))), __m512i, "v", 64,
        _mm512_setzero_si512(), _mm512_dpbusd_epi32(sums[c], x, x))
MEASURE(vpmaddwd, __attribute__((target("avx2"))), __m256i, "v", 16, _mm256_setzero_si256(),
        _mm256_madd_epi16(sums[c], x))
#elif defined(__aarch64__)
#include <arm_neon.h>

MEASURE(sdot, __attribute__((target("dotprod"))), int8x16_t, "w", 16, vdupq_n_s8(0),
        vreinterpretq_s8_s32(vdotq_s32(vreinterpretq_s32_s8(sums[c]), x, x)))
#endif

typedef struct peak {
  const char *kernels, *instruction;
  double (*measure)(void);
} peak;

static const peak peaks[] = {
#if defined(__x86_64__)
    {"avx512-vnni", "vpdpbusd", vpdpbusd},
    {"avx2", "vpmaddwd", vpmaddwd},
#elif defined(__aarch64__)
    {"neon-dot", "sdot", sdot},
#endif
    {0, 0, 0},
};

static void *aligned(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!memory) abort();
  return memory;
}

// Products a second, in units of 10^9, of `rows` vectors with every probe: those of the dimensions,
// not those of the padding. Raises *peak_rate to the highest that `measure` returns.
static double scan_rate(const needle_int8_kernels *kernels, size_t dimension, size_t rows,
                        double (*measure)(void), double *peak_rate) {
  size_t steps = (dimension + needle_code_step - 1) / needle_code_step;
  size_t query_bytes = steps * needle_code_step;
  size_t panel_rows = (rows + needle_code_lanes - 1) / needle_code_lanes * needle_code_lanes;
  uint8_t *panels = aligned(panel_rows * query_bytes);
  int8_t *codes = aligned(probe_count * query_bytes);
  for (size_t i = 0; i < panel_rows * query_bytes; i++) panels[i] = (uint8_t)(1 + i * 7919 % 255);
  for (size_t i = 0; i < probe_count * query_bytes; i++) codes[i] = (int8_t)(i * 7907 % 255 - 127);
  // No sum reaches this threshold, and a buffer that nothing is added to needs no room.
  needle_candidates nothing = {(float *)panels, (uint32_t *)(void *)panels, 0, 12, 1e12f};
  needle_probe probes[probe_count];
  for (size_t p = 0; p < probe_count; p++) {
    int32_t sum = 0;
    for (size_t i = 0; i < query_bytes; i++) sum += codes[p * query_bytes + i];
    probes[p] = (needle_probe){codes + p * query_bytes, &nothing, 0, 1, 1, -needle_code_zero * sum, 0};
  }
  double products = (double)rows * probe_count * (double)dimension, best = 0;
  for (int repeat = 0; repeat < repeats; repeat++) {
    // The peak beside each scan, so that a slow moment does not pass for it.
    double rate = measure ? measure() : 0, taken = 0, start = seconds();
    if (rate > *peak_rate) *peak_rate = rate;
    int scans = 0;
    for (; taken < 0.02; scans++, taken = seconds() - start) {
      kernels->scan(panels, rows, steps, 0, probes, probe_count, panels, 0);
    }
    rate = products * scans / taken * 1e-9;
    if (rate > best) best = rate;
  }
  if (nothing.count != 0) abort();
  free(panels);
  free(codes);
  return best;
}

int main(void) {
  static const size_t dimensions[] = {50, 100, 384, 768, 1024}, sizes[] = {192, 640};
  const needle_int8_kernels *kernels = needle_int8_kernels_for(needle_simd_level());
  const peak *used = peaks;
  while (used->kernels && strcmp(used->kernels, kernels->name) != 0) used++;
  double best = 0, rates[5][2];
  for (int d = 0; d < 5; d++) {
    for (int s = 0; s < 2; s++) {
      rates[d][s] = scan_rate(kernels, dimensions[d], sizes[s], used->measure, &best);
    }
  }
  if (used->kernels) {
    printf("{\"simd\":\"%s\",\"instruction\":\"%s\",\"gmacs\":%.1f}\n", kernels->name,
           used->instruction, best);
  }
  printf("\nScan with the kernels '%s', %d queries, no row passing:\n\n", kernels->name, probe_count);
  printf("| dimensions | rows | 10^9 products a second | of the peak |\n| ---: | ---: | ---: | ---: |\n");
  for (int d = 0; d < 5; d++) {
    for (int s = 0; s < 2; s++) {
      printf("| %zu | %zu | %.1f | ", dimensions[d], sizes[s], rates[d][s]);
      if (used->kernels) printf("%.0f %% |\n", 100 * rates[d][s] / best);
      else printf("– |\n");
    }
  }
}
