// Ordering few results.
#pragma once

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

// Orders `count` results by distance, nearest first, then by row, and writes the first `wanted`.
//
// keys: room for `count` numbers
void needle_rank(const float *distances, const uint32_t *rows, size_t count, size_t wanted,
                 uint64_t *keys, uint32_t *ranked_rows, float *ranked_distances);

#pragma clang assume_nonnull end
