#include "needle_rotate.h"

#include <math.h>
#include <string.h>

#include "half.h"

#pragma clang fp contract(off)

// Sixteen floats that the compiler maps to what the instruction set has.
typedef float lanes __attribute__((ext_vector_type(16)));

enum { width = 16, group = 16 * width };

// Sums and differences of values 8, 4, 2 and 1 apart, scaled. By a pointer: vectors as arguments would
// depend on the instruction set.
INLINE void transform_lanes(lanes *of, float scale) {
  const lanes s8 = {1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1};
  const lanes s4 = {1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1};
  const lanes s2 = {1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1};
  const lanes s1 = {1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1};
  lanes v = *of;
  v = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7) + v * s8;
  v = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11) + v * s4;
  v = __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13) + v * s2;
  v = __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14) + v * s1;
  *of = v * scale;
}

// The last levels of 256 values, which stay in registers where there are as many.
INLINE void transform_group(float *values, float scale) {
  lanes v[width];
  memcpy(v, values, sizeof v);
#pragma clang loop unroll(full)
  for (size_t half = width / 2; half >= 1; half /= 2) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < width; i++) {
      if (i & half) continue;
      lanes sum = v[i] + v[i + half], difference = v[i] - v[i + half];
      v[i] = sum;
      v[i + half] = difference;
    }
  }
#pragma clang loop unroll(full)
  for (size_t i = 0; i < width; i++) transform_lanes(&v[i], scale);
  memcpy(values, v, sizeof v);
}

// The Hadamard transform of `n` values, a power of two, scaled to keep lengths.
INLINE void transform(float *values, size_t n, float scale) {
  size_t half = n / 2, least = n < group ? width : group;
  for (; half >= least; half /= 2) {
    for (size_t block = 0; block < n; block += 2 * half) {
      for (size_t i = block; i < block + half; i += width) {
        lanes a, b;
        memcpy(&a, values + i, sizeof a);
        memcpy(&b, values + i + half, sizeof b);
        lanes sum = a + b, difference = a - b;
        memcpy(values + i, &sum, sizeof sum);
        memcpy(values + i + half, &difference, sizeof difference);
      }
    }
  }
  if (n >= group) {
    for (size_t i = 0; i < n; i += group) transform_group(values + i, scale);
    return;
  }
  if (n >= width) {
    for (size_t i = 0; i < n; i += width) {
      lanes v;
      memcpy(&v, values + i, sizeof v);
      transform_lanes(&v, scale);
      memcpy(values + i, &v, sizeof v);
    }
    return;
  }
  for (; half >= 1; half /= 2) {
    for (size_t block = 0; block < n; block += 2 * half) {
      for (size_t i = block; i < block + half; i++) {
        float a = values[i], b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
  for (size_t i = 0; i < n; i++) values[i] *= scale;
}

// The largest power of two that is not above the dimension.
INLINE size_t power_within(size_t dimension) {
  size_t n = 1;
  while (2 * n <= dimension) n *= 2;
  return n;
}

INLINE void rotate(float *values, size_t dimension, const float *signs) {
  size_t n = power_within(dimension);
  float scale = 1 / sqrtf((float)n);
  for (size_t round = 0; round < needle_rotation_rounds; round++) {
    for (size_t i = 0; i < dimension; i++) values[i] *= signs[round * dimension + i];
    transform(round % 2 ? values + (dimension - n) : values, n, scale);
  }
}

// Transform and sign changes are their own inverses.
void needle_rotate_back(float *values, size_t dimension, const float *signs) {
  size_t n = power_within(dimension);
  float scale = 1 / sqrtf((float)n);
  for (size_t round = needle_rotation_rounds; round-- > 0;) {
    transform(round % 2 ? values + (dimension - n) : values, n, scale);
    for (size_t i = 0; i < dimension; i++) values[i] *= signs[round * dimension + i];
  }
}

static void rotate_portable(float *values, size_t dimension, const float *signs) {
  rotate(values, dimension, signs);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void rotate_avx2(float *values, size_t dimension,
                                                        const float *signs) {
  rotate(values, dimension, signs);
}

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) static void rotate_avx512(
    float *values, size_t dimension, const float *signs) {
  rotate(values, dimension, signs);
}
#endif

needle_rotate_pointer needle_rotate_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512) return rotate_avx512;
  if (level == NEEDLE_SIMD_AVX2) return rotate_avx2;
#endif
  (void)level;
  return rotate_portable;
}
