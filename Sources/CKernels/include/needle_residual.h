// What 8-bit codes leave over, as 8 bits more.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Units of the rest in a unit of the codes: a rest is at most half a unit, and 127 of its own.
enum { needle_residual_units = 254 };

// Writes what the codes of a row leave over: round((values[i] − unit · code) · 254 / unit), where the
// code is that of needle_int8_encoders. Fills up with zeros to `width`.
void needle_residual_encode(const float *values, size_t dimension, float unit, int8_t *rest,
                            size_t width);

// A row in three parts: unit · (code − 128) of its center, of its residual, and the rest.
typedef struct needle_refined_row {
  const uint8_t *center;  // first code of the row's lane, steps 64 bytes apart
  const uint8_t *code;    // the same
  const int8_t *rest;     // [dimension]
  float center_unit;
  float unit;
} needle_refined_row;

// The product of a query's image, [4 · steps] padded with zeros, with a row.
typedef float needle_residual_score(const float *query, const needle_refined_row *row, size_t steps);
typedef needle_residual_score *needle_residual_score_pointer;

// All levels give the same bits.
needle_residual_score_pointer needle_residual_score_for(needle_simd level);

#pragma clang assume_nonnull end
