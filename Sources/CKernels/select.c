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

typedef uint32_t words __attribute__((ext_vector_type(16)));
typedef int32_t choices __attribute__((ext_vector_type(16)));

// By a pointer: vectors as arguments would depend on the instruction set.
INLINE uint32_t smallest(const words *of) {
  words v = *of, w;
  w = __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v = v < w ? v : w;
  w = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  v = v < w ? v : w;
  w = __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
  v = v < w ? v : w;
  w = __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  v = v < w ? v : w;
  return v[0];
}

// One pass for each of the lowest, over those that come after the last one: no branch depends on the
// orders.
INLINE needle_lowest lowest(uint32_t *orders, size_t n, size_t most) {
  const words none = UINT32_MAX, numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  memset(orders + n, 0xff, (16 - n % 16) % 16 * sizeof *orders);
  needle_lowest found = {{0}, {0}};
  for (size_t rank = 0; rank < most; rank++) {
    words last = rank ? found.orders[rank - 1] : 0, from = rank ? found.places[rank - 1] + 1 : 0;
    words order = none, place = none;
    for (size_t i = 0; i < n; i += 16) {
      words v, here = numbers + (uint32_t)i;
      memcpy(&v, orders + i, sizeof v);
      choices waits = (v > last) | ((v == last) & (here >= from));
      // Of equal orders in a lane the first stays.
      choices better = waits & ((v < order) | (place == none));
      order = better ? v : order;
      place = better ? here : place;
    }
    uint32_t best = smallest(&order);
    words places = order == best ? place : none;
    found.orders[rank] = best;
    found.places[rank] = smallest(&places);
  }
  return found;
}

static needle_lowest lowest_portable(uint32_t *orders, size_t n, size_t most) {
  return lowest(orders, n, most);
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

static const needle_select_kernels portable = {largest_portable, at_least_portable, lowest_portable};

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t largest_avx2(const float *scores, size_t n) {
  return largest(scores, n);
}

__attribute__((target("avx2"))) static needle_lowest lowest_avx2(uint32_t *orders, size_t n,
                                                                 size_t most) {
  return lowest(orders, n, most);
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,popcnt,bmi")))

AVX512 static size_t largest_avx512(const float *scores, size_t n) { return largest(scores, n); }

AVX512 static needle_lowest lowest_avx512(uint32_t *orders, size_t n, size_t most) {
  return lowest(orders, n, most);
}

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

static const needle_select_kernels avx2 = {largest_avx2, at_least_portable, lowest_avx2};
static const needle_select_kernels avx512 = {largest_avx512, at_least_avx512, lowest_avx512};
#endif

const needle_select_kernels *needle_select_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512) return &avx512;
  if (level == NEEDLE_SIMD_AVX2) return &avx2;
#endif
  (void)level;
  return &portable;
}
