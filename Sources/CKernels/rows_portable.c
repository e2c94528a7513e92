// The reference, in C that every compiler turns into SSE2, NEON or plain floats.

#include "half.h"
#include "rows.h"

typedef float vec __attribute__((vector_size(16)));
#define LANES 4
#define vec_zero() ((vec){0, 0, 0, 0})

static inline vec vec_load(const float *p) {
  vec v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline void reduce4(const vec *sums, float *out) {
  for (int r = 0; r < 4; r++) out[r] = (sums[r][0] + sums[r][1]) + (sums[r][2] + sums[r][3]);
}

static inline vec load_half(const uint16_t *p) {
  return (vec){widen(p[0]), widen(p[1]), widen(p[2]), widen(p[3])};
}

#define dot_step(sum, x, q) ((sum) + (x) * (q))
#define square_step(sum, x, q) ((sum) + ((x) - (q)) * ((x) - (q)))
#include "row_kernels.h"

static const needle_row_kernels needle_rows_portable = {dot, squared_l2, dot_f16, squared_l2_f16};

#if defined(__x86_64__)
extern const needle_row_kernels needle_rows_avx2, needle_rows_avx512;
#endif

const needle_row_kernels *needle_row_kernels_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512) return &needle_rows_avx512;
  if (level == NEEDLE_SIMD_AVX2) return &needle_rows_avx2;
#endif
  (void)level;
  return &needle_rows_portable;
}
