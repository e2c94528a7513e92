// The reference, in C that every compiler turns into SSE2, NEON or plain floats.

#include "flat_hits.h"

#define TILE 4
#define LANES 4
#define WIDTH 2
typedef float vec __attribute__((vector_size(16)));
#define vec_zero() ((vec){0, 0, 0, 0})
#define vec_set1(x) ((vec){x, x, x, x})

static inline vec vec_load(const float *p) {
  vec v;
  memcpy(&v, p, sizeof v);
  return v;
}

static inline void vec_store(float *p, vec v) { memcpy(p, &v, sizeof v); }

static inline uint32_t vec_above(vec v, vec threshold) {
  uint32_t mask = 0;
  for (int lane = 0; lane < LANES; lane++) mask |= (uint32_t)!(v[lane] <= threshold[lane]) << lane;
  return mask;
}

#define NAME dot
#define PAIRS pairs_dot
#define one_step(sum, x, q) ((sum) + (x) * (q))
#define vec_step(sum, x, q) ((sum) + (x) * (q))
#include "flat_scan.h"
#undef NAME
#undef PAIRS
#undef one_step
#undef vec_step

#define NAME squared_l2
#define PAIRS pairs_squared_l2
#define one_step(sum, x, q) ((sum) - ((x) - (q)) * ((x) - (q)))
#define vec_step(sum, x, q) ((sum) - ((x) - (q)) * ((x) - (q)))
#include "flat_scan.h"

static const needle_flat_kernels needle_flat_portable = {TILE, dot, squared_l2, pairs_dot,
                                                 pairs_squared_l2};

#if defined(__x86_64__)
extern const needle_flat_kernels needle_flat_avx2, needle_flat_avx512;
#endif

const needle_flat_kernels *needle_flat_kernels_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512) return &needle_flat_avx512;
  if (level == NEEDLE_SIMD_AVX2) return &needle_flat_avx2;
#endif
  (void)level;
  return &needle_flat_portable;
}
