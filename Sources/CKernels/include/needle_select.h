// Picking the largest of many scores.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Places and values that a selection appends to.
typedef struct needle_selection {
  uint32_t *places;
  float *values;
  size_t count;
} needle_selection;

typedef struct needle_select_kernels {
  // The place of the largest of `n` scores, the first where several are equal; n is a positive
  // multiple of 16.
  size_t (*largest)(const float *scores, size_t n);

  // Writes the places of all scores that are at least `limit`, in order, with (score − bias) · scale:
  // to `near` where they are at least `near_limit`, to `far` otherwise. n is a multiple of 16; each
  // has room for n + 16 more and is counted up.
  void (*at_least)(const float *scores, const float *biases, size_t n, float limit,
                   float near_limit, float scale, needle_selection *near, needle_selection *far);
} needle_select_kernels;

// All levels give the same result.
const needle_select_kernels *needle_select_for(needle_simd level);

#pragma clang assume_nonnull end
