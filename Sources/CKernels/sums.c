#include "needle_sums.h"

#include <string.h>

#include "half.h"

#pragma clang fp contract(off)

// Written once and compiled for each instruction set.
typedef float floats __attribute__((ext_vector_type(needle_sum_lanes)));
typedef double lanes __attribute__((ext_vector_type(needle_sum_lanes)));

INLINE void add(const float *first, const float *second, lanes *sums, int differs) {
  floats a, b;
  memcpy(&a, first, sizeof a);
  memcpy(&b, second, sizeof b);
  lanes left = __builtin_convertvector(a, lanes), right = __builtin_convertvector(b, lanes);
  lanes difference = left - right;
  *sums += differs ? difference * difference : left * right;
}

INLINE void sum(const float *first, const float *second, size_t n, double *sums, int differs) {
  lanes all = 0;
  size_t i = 0;
  for (; i + needle_sum_lanes <= n; i += needle_sum_lanes) add(first + i, second + i, &all, differs);
  if (i < n) {
    float left[needle_sum_lanes] = {0}, right[needle_sum_lanes] = {0};
    memcpy(left, first + i, (n - i) * sizeof *left);
    memcpy(right, second + i, (n - i) * sizeof *right);
    add(left, right, &all, differs);
  }
  memcpy(sums, &all, sizeof all);
}

#define KERNELS(level, target)                                                                 \
  target static void products_##level(const float *a, const float *b, size_t n, double *sums) { \
    sum(a, b, n, sums, 0);                                                                     \
  }                                                                                            \
  target static void differences_##level(const float *a, const float *b, size_t n,              \
                                         double *sums) {                                       \
    sum(a, b, n, sums, 1);                                                                     \
  }                                                                                            \
  static const needle_sum_kernels kernels_##level = {products_##level, differences_##level};

KERNELS(portable, )
#if defined(__x86_64__)
KERNELS(avx2, __attribute__((target("avx2"))))
KERNELS(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))
#endif

const needle_sum_kernels *needle_sum_kernels_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512) return &kernels_avx512;
  if (level == NEEDLE_SIMD_AVX2) return &kernels_avx2;
#endif
  (void)level;
  return &kernels_portable;
}
