// Internal to the kernels of fat rows.
#pragma once

#include "needle_fat.h"
#include "needle_rows.h"

extern const needle_fat_kernels needle_fat_portable;

// Rows that are read soon.
typedef struct fat_ahead {
  const uint8_t *first, *second;
} fat_ahead;

// Where there is none ahead, the row itself: asking for what is at hand costs less than a branch.
static inline fat_ahead fat_ahead_of(const uint8_t *row, needle_fat_ahead ahead) {
  return (fat_ahead){ahead.first == NULL ? row : ahead.first,
                     ahead.second == NULL ? row : ahead.second};
}

static inline fat_ahead fat_ahead_from(fat_ahead rows, size_t at) {
  return (fat_ahead){rows.first + at, rows.second + at};
}

// Asks for the lines of rows ahead that have the place of the line at hand; into the second-level
// cache, see rows.h.
static inline void ask_at(fat_ahead rows, size_t at) {
  __builtin_prefetch(rows.first + at, 0, 2);
  __builtin_prefetch(rows.second + at, 0, 2);
}

// Asks for all lines at once.
static inline void ask_all(needle_fat_ahead ahead, needle_fat_shape shape) {
  size_t bytes = needle_fat_row_bytes(shape);
  if (ahead.first != NULL) needle_prefetch_bytes(ahead.first, bytes);
  if (ahead.second != NULL) needle_prefetch_bytes(ahead.second, bytes);
}

needle_fat_score needle_fat_score_avx2, needle_fat_score_avx512, needle_fat_score_neon;
needle_fat_own needle_fat_own_portable, needle_fat_own_avx2, needle_fat_own_avx512,
    needle_fat_own_neon;

typedef float needle_fat_table(const float *query, const needle_fat_codebook *codebook,
                               uint8_t *table, float *bias);
needle_fat_table needle_fat_table_avx2, needle_fat_table_avx512, needle_fat_table_neon;

typedef void needle_fat_encode(const float *vector, const float *other,
                               const needle_fat_codebook *codebook, uint8_t *codes, float *self,
                               float *with_other);
needle_fat_encode needle_fat_encode_avx2, needle_fat_encode_avx512, needle_fat_encode_neon;
