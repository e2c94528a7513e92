// The sorted pool of a beam search.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Keys, smallest first: half the order of the distance << 32 | node << 1 | whether it was expanded.
//
// Read as doubles they have the same order, for whose smaller and larger one every processor has fast
// instructions: hence half the order. Orders from 0xffe00000 on, which no number has, count as the one
// before.
typedef struct needle_pool {
  uint64_t *keys;  // room for limit + 16, fastest where a cache line starts
  size_t count;
  size_t limit;    // at least 1
  size_t cursor;   // all keys before it were expanded
} needle_pool;

// Inserts nodes that are not in the pool, one after the other; the last falls out of a full one. The
// cursor moves back to the first inserted before it.
typedef void needle_pool_offer(needle_pool *pool, const uint32_t *orders, const uint32_t *nodes,
                               size_t n);
typedef needle_pool_offer *needle_pool_offer_pointer;

// The kernel of an instruction set that needle_simd_available reports; all do the same.
needle_pool_offer_pointer needle_pool_offer_for(needle_simd level);

#pragma clang assume_nonnull end
