// Internal to the kernels of fat rows.
#pragma once

#include "needle_fat.h"

extern const needle_fat_kernels needle_fat_portable;

// Lines of a row that are still to be asked for.
typedef struct fat_lines {
  const uint8_t *next, *end;
} fat_lines;

static inline fat_lines fat_lines_of(const uint8_t *row, needle_fat_shape shape) {
  return row == NULL ? (fat_lines){NULL, NULL}
                     : (fat_lines){row, row + needle_fat_row_bytes(shape)};
}

// Asks for the next two lines, if there are more; into the second-level cache, see rows.h.
static inline void ask_two(fat_lines *lines) {
  if (lines->next == lines->end) return;
  __builtin_prefetch(lines->next, 0, 2);
  __builtin_prefetch(lines->next + 64, 0, 2);
  // A row may have an odd number of lines: one more does no harm.
  lines->next += lines->end - lines->next > 64 ? 128 : 64;
}

static inline void ask_all(needle_fat_ahead ahead, needle_fat_shape shape) {
  fat_lines first = fat_lines_of(ahead.first, shape), second = fat_lines_of(ahead.second, shape);
  while (first.next != first.end) ask_two(&first);
  while (second.next != second.end) ask_two(&second);
}

needle_fat_score needle_fat_score_avx2, needle_fat_score_avx512, needle_fat_score_neon;

typedef float needle_fat_table(const float *query, const needle_fat_codebook *codebook,
                               uint8_t *table, float *bias);
needle_fat_table needle_fat_table_avx2, needle_fat_table_avx512, needle_fat_table_neon;

typedef void needle_fat_encode(const float *vector, const float *other,
                               const needle_fat_codebook *codebook, uint8_t *codes, float *self,
                               float *with_other);
needle_fat_encode needle_fat_encode_avx2, needle_fat_encode_avx512, needle_fat_encode_neon;
