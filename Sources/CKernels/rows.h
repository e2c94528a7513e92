// Internal to the row kernels.
#pragma once

#include <string.h>

#include "needle_rows.h"

enum { needle_line_bytes = 64 };

// Asks for every line of a row: a hardware prefetcher sees scattered rows too late.
//
// Into the second-level cache, not the first: a core waits for a few dozen lines at most in its
// first-level cache, and a walk asks for hundreds. On a Zen 4 server (2026-11-24) a walk over
// 390,000 x 50 floats answers 1.6 times, over 117,659 x 384 floats 1.9 times as many queries a CPU
// second so.
static inline void prefetch_row(const void *row, size_t row_bytes) {
  enum { read = 0, second_level = 2 };
  for (size_t i = 0; i < row_bytes; i += needle_line_bytes) {
    __builtin_prefetch((const char *)row + i, read, second_level);
  }
}

// How many rows to have under way: as many lines as the core can wait for at once.
static inline size_t rows_ahead(size_t row_bytes) {
  enum { lines_under_way = 128, fewest_rows = 8 };
  size_t rows = lines_under_way * needle_line_bytes / row_bytes;
  return rows < fewest_rows ? fewest_rows : rows;
}
