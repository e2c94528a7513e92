#include "needle_cover.h"

#pragma clang fp contract(off)

static void cover_portable(needle_cover_list *list, const int32_t *products, const int32_t *norms,
                           int32_t norm, float most) {
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++) {
    uint32_t node = list->nodes[i];
    int32_t between = norm + norms[node] - 2 * products[i], distance = list->distances[i];
    float ratio = (float)distance / (float)(between > 1 ? between : 1), before = list->ratios[i];
    list->nodes[kept] = node;
    list->distances[kept] = distance;
    list->ratios[kept] = ratio > before ? ratio : before;
    kept += list->ratios[kept] <= most;
  }
  list->count = kept;
}

#if defined(__x86_64__)
#include <immintrin.h>

#include "kept_lanes.h"

__attribute__((target("avx512f,popcnt"))) static void cover_avx512(needle_cover_list *list,
                                                                   const int32_t *products,
                                                                   const int32_t *norms,
                                                                   int32_t norm, float most) {
  const __m512i norm_of_all = _mm512_set1_epi32(norm), one = _mm512_set1_epi32(1);
  const __m512 limit = _mm512_set1_ps(most);
  size_t kept = 0, count = list->count;
  for (size_t i = 0; i < count; i += 16) {
    __mmask16 valid = (__mmask16)(count - i < 16 ? (1u << (count - i)) - 1 : 0xffff);
    __m512i nodes = _mm512_loadu_si512(list->nodes + i);
    __m512i distances = _mm512_loadu_si512(list->distances + i);
    __m512i product = _mm512_loadu_si512(products + i);
    __m512i others =
        _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), valid, nodes, norms, 4);
    __m512i between = _mm512_sub_epi32(_mm512_add_epi32(norm_of_all, others),
                                       _mm512_add_epi32(product, product));
    __m512 ratio = _mm512_div_ps(_mm512_cvtepi32_ps(distances),
                                 _mm512_cvtepi32_ps(_mm512_max_epi32(between, one)));
    ratio = _mm512_max_ps(ratio, _mm512_loadu_ps(list->ratios + i));
    __mmask16 stay = _mm512_mask_cmp_ps_mask(valid, ratio, limit, _CMP_LE_OQ);
    _mm512_storeu_si512(list->nodes + kept, _mm512_maskz_compress_epi32(stay, nodes));
    _mm512_storeu_si512(list->distances + kept, _mm512_maskz_compress_epi32(stay, distances));
    _mm512_storeu_ps(list->ratios + kept, _mm512_maskz_compress_ps(stay, ratio));
    kept += (size_t)__builtin_popcount(stay);
  }
  list->count = kept;
}

__attribute__((target("avx2,popcnt"))) static void cover_avx2(needle_cover_list *list,
                                                              const int32_t *products,
                                                              const int32_t *norms, int32_t norm,
                                                              float most) {
  const __m256i norm_of_all = _mm256_set1_epi32(norm), one = _mm256_set1_epi32(1);
  const __m256i places = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256 limit = _mm256_set1_ps(most);
  size_t kept = 0, count = list->count;
  for (size_t i = 0; i < count; i += 8) {
    int left = count - i < 8 ? (int)(count - i) : 8;
    __m256i valid = _mm256_cmpgt_epi32(_mm256_set1_epi32(left), places);
    __m256i nodes = _mm256_loadu_si256((const __m256i_u *)(list->nodes + i));
    __m256i distances = _mm256_loadu_si256((const __m256i_u *)(list->distances + i));
    __m256i product = _mm256_loadu_si256((const __m256i_u *)(products + i));
    __m256i others =
        _mm256_mask_i32gather_epi32(_mm256_setzero_si256(), norms, nodes, valid, 4);
    __m256i between = _mm256_sub_epi32(_mm256_add_epi32(norm_of_all, others),
                                       _mm256_add_epi32(product, product));
    __m256 ratio = _mm256_div_ps(_mm256_cvtepi32_ps(distances),
                                 _mm256_cvtepi32_ps(_mm256_max_epi32(between, one)));
    ratio = _mm256_max_ps(ratio, _mm256_loadu_ps(list->ratios + i));
    __m256 stays = _mm256_and_ps(_mm256_cmp_ps(ratio, limit, _CMP_LE_OQ),
                                 _mm256_castsi256_ps(valid));
    unsigned mask = (unsigned)_mm256_movemask_ps(stays);
    __m256i from = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i_u *)&kept_lanes[mask]));
    _mm256_storeu_si256((__m256i_u *)(list->nodes + kept),
                        _mm256_permutevar8x32_epi32(nodes, from));
    _mm256_storeu_si256((__m256i_u *)(list->distances + kept),
                        _mm256_permutevar8x32_epi32(distances, from));
    _mm256_storeu_ps(list->ratios + kept, _mm256_permutevar8x32_ps(ratio, from));
    kept += (size_t)__builtin_popcount(mask);
  }
  list->count = kept;
}
#endif

needle_cover_pointer needle_cover_for(needle_simd level) {
#if defined(__x86_64__)
  if (level == NEEDLE_SIMD_AVX512) return cover_avx512;
  if (level == NEEDLE_SIMD_AVX2) return cover_avx2;
#endif
  (void)level;
  return cover_portable;
}
