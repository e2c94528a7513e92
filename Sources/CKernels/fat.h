// Internal to the kernels of fat rows.
#pragma once

#include "needle_fat.h"

extern const needle_fat_kernels needle_fat_portable;

needle_fat_score needle_fat_score_avx2, needle_fat_score_avx512;

float needle_fat_table_avx2(const float *query, const needle_fat_codebook *codebook,
                            uint8_t *table, float *bias);
float needle_fat_table_avx512(const float *query, const needle_fat_codebook *codebook,
                              uint8_t *table, float *bias);

void needle_fat_encode_avx2(const float *vector, const float *other,
                            const needle_fat_codebook *codebook, uint8_t *codes, float *self,
                            float *with_other);
void needle_fat_encode_avx512(const float *vector, const float *other,
                              const needle_fat_codebook *codebook, uint8_t *codes, float *self,
                              float *with_other);
