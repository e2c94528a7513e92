#include "needle_int8.h"

#include "dot_product.h"
#include "int8_candidates.h"

extern const needle_int8_kernels needle_int8_portable, needle_int8_avx2, needle_int8_avx512,
    needle_int8_neon;

size_t needle_candidate_room(size_t keep) {
  return candidate_limit(keep) + needle_tile_rows + needle_store_slack;
}

const needle_int8_kernels *needle_int8_reference(void) { return &needle_int8_portable; }

const needle_int8_kernels *needle_int8_kernels_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512 && __builtin_cpu_supports("avx512vnni")) {
    return &needle_int8_avx512;
  }
  if (level != NEEDLE_SIMD_PORTABLE) return &needle_int8_avx2;
#elif defined(__aarch64__)
  if (has_dot_product()) return &needle_int8_neon;
#endif
  (void)level;
  return &needle_int8_portable;
}
