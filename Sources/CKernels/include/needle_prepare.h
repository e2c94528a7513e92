// Checking and scaling vectors on their way in.
#pragma once

#include <stddef.h>

#pragma clang assume_nonnull begin

// The position of the first NaN or infinity among `count` values, or `count`.
size_t needle_first_not_finite(const float *_Nullable values, size_t count);

// Scales `rows` vectors of length `dimension` to unit length, in place. The norm is summed in
// double precision, so that neither tiny nor huge values lose it. Stops at the first all-zero
// vector and returns its row; returns `rows` when there is none.
size_t needle_normalize(float *_Nullable vectors, size_t rows, size_t dimension);

#pragma clang assume_nonnull end
