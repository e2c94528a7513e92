// A pseudo-random rotation in O(d log d): fast Hadamard transforms between random sign changes.
#pragma once

#include <stddef.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Sign changes, each with a transform: of the first, then the last 2^k values, twice over.
enum { needle_rotation_rounds = 4 };

// Rotates `values` in place: an orthogonal transform, up to rounding.
//
// signs:  [needle_rotation_rounds][dimension], each ±1
typedef void needle_rotate(float *values, size_t dimension, const float *signs);
typedef needle_rotate *needle_rotate_pointer;

// All levels give the same bits.
needle_rotate_pointer needle_rotate_for(needle_simd level);

// The way back: gives the values that `needle_rotate` was given, up to rounding.
void needle_rotate_back(float *values, size_t dimension, const float *signs);

#pragma clang assume_nonnull end
