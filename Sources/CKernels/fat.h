// Internal to the kernels of fat rows.
#pragma once

#include "needle_fat.h"

extern const needle_fat_kernels needle_fat_portable;

needle_fat_score needle_fat_score_avx2, needle_fat_score_avx512, needle_fat_score_neon;

typedef float needle_fat_table(const float *query, const needle_fat_codebook *codebook,
                               uint8_t *table, float *bias);
needle_fat_table needle_fat_table_avx2, needle_fat_table_avx512, needle_fat_table_neon;

typedef void needle_fat_encode(const float *vector, const float *other,
                               const needle_fat_codebook *codebook, uint8_t *codes, float *self,
                               float *with_other);
needle_fat_encode needle_fat_encode_avx2, needle_fat_encode_avx512, needle_fat_encode_neon;
