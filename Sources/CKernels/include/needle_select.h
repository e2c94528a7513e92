// Picking the best of many scores or orders.
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

// The most orders that are picked at once.
enum { needle_most_lowest = 4 };

// The lowest of some orders, lowest first.
typedef struct needle_lowest {
  uint32_t places[needle_most_lowest];
  uint32_t orders[needle_most_lowest];
} needle_lowest;

typedef struct needle_select_kernels {
  // The place of the largest of `n` scores, the first where several are equal; n is a positive
  // multiple of 16.
  size_t (*largest)(const float *scores, size_t n);

  // Writes the places of all scores that are at least `limit`, in order, with (score − bias) · scale:
  // to `near` where they are at least `near_limit`, to `far` otherwise. n is a multiple of 16; each
  // has room for n + 16 more and is counted up.
  void (*at_least)(const float *scores, const float *biases, size_t n, float limit,
                   float near_limit, float scale, needle_selection *near, needle_selection *far);

  // The `most` lowest of `n` orders, the first of equal ones first; most <= n, and at most
  // needle_most_lowest. `orders` has room for n rounded up to a multiple of 16, and loses what
  // stands there past n.
  needle_lowest (*lowest)(uint32_t *orders, size_t n, size_t most);
} needle_select_kernels;

// All levels give the same result.
const needle_select_kernels *needle_select_for(needle_simd level);

#pragma clang assume_nonnull end
