#include "needle_select.h"

#include <string.h>

#include "half.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef float lanes __attribute__((ext_vector_type(16)));

INLINE size_t largest(const float *scores, size_t n) {
  lanes best;
  memcpy(&best, scores, sizeof best);
  for (size_t i = 16; i < n; i += 16) {
    lanes v;
    memcpy(&v, scores + i, sizeof v);
    best = v > best ? v : best;
  }
  float most = best[0];
  for (int i = 1; i < 16; i++) most = best[i] > most ? best[i] : most;
  for (size_t i = 0; i < n; i += 16) {
    int found = 0;
    for (size_t j = i; j < i + 16; j++) found |= scores[j] == most;
    if (!found) continue;
    while (scores[i] != most) i++;
    return i;
  }
  return 0;
}

#pragma clang fp contract(off)

static size_t largest_portable(const float *scores, size_t n) { return largest(scores, n); }

static void at_least_portable(const float *scores, const float *biases, size_t n, float limit,
                              float near_limit, float scale, needle_selection *near,
                              needle_selection *far) {
  for (size_t i = 0; i < n; i++) {
    if (!(scores[i] >= limit)) continue;
    needle_selection *to = scores[i] >= near_limit ? near : far;
    to->places[to->count] = (uint32_t)i;
    to->values[to->count++] = (scores[i] - biases[i]) * scale;
  }
}

static const needle_select_kernels portable = {largest_portable, at_least_portable};

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t largest_avx2(const float *scores, size_t n) {
  return largest(scores, n);
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,popcnt,bmi")))

AVX512 static size_t largest_avx512(const float *scores, size_t n) { return largest(scores, n); }

AVX512 static void add(needle_selection *to, __mmask16 chosen, __m512i places, __m512 values) {
  _mm512_storeu_si512(to->places + to->count, _mm512_maskz_compress_epi32(chosen, places));
  _mm512_storeu_ps(to->values + to->count, _mm512_maskz_compress_ps(chosen, values));
  to->count += (size_t)__builtin_popcount(chosen);
}

AVX512 static void at_least_avx512(const float *scores, const float *biases, size_t n, float limit,
                                   float near_limit, float scale, needle_selection *near,
                                   needle_selection *far) {
  const __m512 limits = _mm512_set1_ps(limit), near_limits = _mm512_set1_ps(near_limit);
  const __m512 scales = _mm512_set1_ps(scale);
  // First the places of those above the limit, 64 scores a word; then, of these few, which are near.
  size_t first = far->count;
  for (size_t word = 0; word < n; word += 64) {
    uint64_t above = 0;
    for (size_t i = 0; i < 64 && word + i < n; i += 16) {
      __m512 v = _mm512_loadu_ps(scores + word + i);
      above |= (uint64_t)_mm512_cmp_ps_mask(v, limits, _CMP_GE_OQ) << i;
    }
    for (; above; above &= above - 1) {
      size_t place = word + (size_t)__builtin_ctzll(above);
      far->places[far->count] = (uint32_t)place;
      far->values[far->count++] = scores[place];
    }
  }
  size_t chosen = far->count - first;
  far->count = first;
  for (size_t i = 0; i < chosen; i += 16) {
    __mmask16 valid = (__mmask16)(chosen - i < 16 ? (1u << (chosen - i)) - 1 : 0xffff);
    __m512i places = _mm512_loadu_si512(far->places + first + i);
    __m512 v = _mm512_loadu_ps(far->values + first + i);
    __m512 bias = _mm512_mask_i32gather_ps(v, valid, places, biases, sizeof *biases);
    __m512 values = _mm512_mul_ps(_mm512_sub_ps(v, bias), scales);
    __mmask16 close = _mm512_mask_cmp_ps_mask(valid, v, near_limits, _CMP_GE_OQ);
    add(near, close, places, values);
    add(far, (__mmask16)(valid & ~close), places, values);
  }
}

static const needle_select_kernels avx2 = {largest_avx2, at_least_portable};
static const needle_select_kernels avx512 = {largest_avx512, at_least_avx512};
#endif

const needle_select_kernels *needle_select_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512) return &avx512;
  if (level == NEEDLE_SIMD_AVX2) return &avx2;
#endif
  (void)level;
  return &portable;
}
