#include <string.h>

#include "fat.h"
#include "half.h"

#pragma clang fp contract(off)

// Products and distances of a query with the 16 centroids of each group, written once and compiled
// for each instruction set; see fat_portable.c for the reference.

enum { centroids = 16, most_groups = 256 };

// Floats that the compiler maps to what the instruction set has.
typedef float lanes __attribute__((ext_vector_type(16)));
typedef float half_lanes __attribute__((ext_vector_type(8)));
typedef float quarter_lanes __attribute__((ext_vector_type(4)));
typedef int int_lanes __attribute__((ext_vector_type(16)));
typedef uint8_t byte_lanes __attribute__((ext_vector_type(16)));
typedef _Bool bits __attribute__((ext_vector_type(16)));

// Vectors go by address: passed by value, they would need the instruction set of the caller.
INLINE void load(lanes *v, const float *p) { memcpy(v, p, sizeof *v); }

// Groups have few dimensions: more at a time would cost more than it saves.
#define SHORT _Pragma("clang loop unroll(disable)")

#define LEAST(a, b) ((a) < (b) ? (a) : (b))
#define MOST(a, b) ((a) > (b) ? (a) : (b))

#define REDUCE(name, pick)                            \
  INLINE float name(const lanes *v) {                 \
    half_lanes half = pick(v->lo, v->hi);             \
    quarter_lanes quarter = pick(half.lo, half.hi);   \
    quarter = pick(quarter, quarter.zwxy);            \
    return pick(quarter.x, quarter.y);                \
  }

REDUCE(least_of, LEAST)
REDUCE(most_of, MOST)

INLINE float make_table(const float *query, const needle_fat_codebook *codebook, uint8_t *table,
                        float *bias) {
  float minima[most_groups];
  lanes products[most_groups];
  float widest = 0, sum = 0;
  size_t j = 0;
  for (size_t g = 0; g < codebook->groups; g++) {
    lanes p = 0;
    size_t end = codebook->ends[g];
    SHORT for (; j < end; j++) {
      lanes values;
      load(&values, codebook->centroids + j * centroids);
      p += query[j] * values;
    }
    products[g] = p;
    float least = least_of(&p), width = most_of(&p) - least;
    minima[g] = least;
    sum += least;
    widest = width > widest ? width : widest;
  }
  *bias = sum;
  float scale = widest < 1e-30f ? 1 : widest / 255, inverse = 1 / scale;
  for (size_t g = 0; g < codebook->groups; g++) {
    lanes exact = LEAST((products[g] - minima[g]) * inverse + 0.5f, (lanes)255);
    int_lanes entries = __builtin_convertvector(exact, int_lanes);
    byte_lanes narrow = __builtin_convertvector(entries, byte_lanes);
    memcpy(table + g * centroids, &narrow, sizeof narrow);
  }
  return scale;
}

INLINE void encode_groups(const float *vector, const float *other,
                          const needle_fat_codebook *codebook, uint8_t *codes, float *self,
                          float *with_other) {
  float own = 0, others = 0;
  size_t start = 0;
  for (size_t g = 0; g < codebook->groups; g++) {
    size_t end = codebook->ends[g];
    lanes distances = 0;
    SHORT for (size_t j = start; j < end; j++) {
      lanes values;
      load(&values, codebook->centroids + j * centroids);
      lanes difference = vector[j] - values;
      distances += difference * difference;
    }
    float least = least_of(&distances);
    // A bit for each of the nearest; none where distances are not numbers.
    bits nearest = __builtin_convertvector(distances == least, bits);
    uint16_t mask;
    memcpy(&mask, &nearest, sizeof mask);
    size_t best = mask == 0 ? 0 : (size_t)__builtin_ctz(mask);
    codes[g] = (uint8_t)best;
    SHORT for (size_t j = start; j < end; j++) {
      float value = codebook->centroids[j * centroids + best];
      own += vector[j] * value;
      others += other[j] * value;
    }
    start = end;
  }
  *self = own;
  *with_other = others;
}

#define KERNELS(level, target)                                                                    \
  target float needle_fat_table_##level(const float *query, const needle_fat_codebook *codebook,  \
                                        uint8_t *table, float *bias) {                            \
    return make_table(query, codebook, table, bias);                                              \
  }                                                                                               \
  target void needle_fat_encode_##level(const float *vector, const float *other,                  \
                                        const needle_fat_codebook *codebook, uint8_t *codes,      \
                                        float *self, float *with_other) {                         \
    encode_groups(vector, other, codebook, codes, self, with_other);                              \
  }

#if defined(__x86_64__)
KERNELS(avx2, __attribute__((target("avx2"))))
KERNELS(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))
#elif defined(__aarch64__)
KERNELS(neon, )
#endif
