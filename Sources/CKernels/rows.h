// Internal to the row kernels.
#pragma once

#include <string.h>

#include "needle_rows.h"

// Asks for every line of a row: a hardware prefetcher sees scattered rows too late.
static inline void prefetch_row(const float *row, size_t stride) {
  for (size_t i = 0; i < stride; i += needle_row_alignment) __builtin_prefetch(row + i);
}
