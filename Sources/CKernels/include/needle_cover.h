// Choosing diverse neighbors of a graph node.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "needle_simd.h"

#pragma clang assume_nonnull begin

// Candidates, nearest to the node first.
typedef struct needle_cover_list {
  uint32_t *nodes;
  int32_t *distances;  // from the node
  float *ratios;       // the largest ratio of that and the distance from a neighbor taken
  size_t count;
} needle_cover_list;

// Accounts for a neighbor just taken: candidate i is norm + norms[nodes[i]] − 2 · products[i] from it,
// but at least 1. Raises the ratios and removes candidates whose ratio is above `most`.
//
// products has room for count + 16, and so have the arrays of the list.
typedef void needle_cover(needle_cover_list *list, const int32_t *products, const int32_t *norms,
                          int32_t norm, float most);
typedef needle_cover *needle_cover_pointer;

// The kernel of an instruction set that needle_simd_available reports; all do the same.
needle_cover_pointer needle_cover_for(needle_simd level);

#pragma clang assume_nonnull end
