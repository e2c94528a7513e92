// Sums over two vectors in double precision.
#pragma once

#include <stddef.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

enum { needle_sum_lanes = 8 };

// Adds up one term for each of `n` pairs of values, which it widens first, in 8 sums: pair i goes to
// sums[i % 8], in the order of i.
typedef void needle_sum(const float *first, const float *second, size_t n, double *sums);
typedef needle_sum *needle_sum_pointer;

typedef struct needle_sum_kernels {
  needle_sum_pointer products;            // first · second
  needle_sum_pointer squared_differences;  // (first − second)²
} needle_sum_kernels;

// The kernels of an instruction set that needle_simd_available reports; all give the same bits.
const needle_sum_kernels *needle_sum_kernels_for(needle_simd level);

#pragma clang assume_nonnull end
