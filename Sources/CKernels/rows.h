// Internal to the row kernels.
#pragma once

#include <string.h>

#include "needle_rows.h"

// Asks for every line of a row: a hardware prefetcher sees scattered rows too late.
static inline void prefetch_row(const float *row, size_t stride) {
  for (size_t i = 0; i < stride; i += needle_row_alignment) __builtin_prefetch(row + i);
}

// How many rows to have under way: as many lines as the core can wait for at once.
static inline size_t rows_ahead(size_t stride) {
  enum { lines_under_way = 128, fewest_rows = 8 };
  size_t rows = lines_under_way * needle_row_alignment / stride;
  return rows < fewest_rows ? fewest_rows : rows;
}
