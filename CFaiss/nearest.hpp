// Exact search over a flat index, the same for a query alone and in a batch.
#pragma once

#include <faiss/IndexFlat.h>

#include <cstdint>

namespace cfaiss {

// A row with its distance; smaller is nearer, and lower rows go first where distances are equal.
struct Found {
  float distance;
  int64_t row;

  bool operator<(const Found &other) const {
    return distance != other.distance ? distance < other.distance : row < other.row;
  }
};

// Finds the `k` nearest rows of each query, nearest first.
//
// faiss answers batches by a blocked matrix product and single queries by a loop; the two differ in
// the last bits, and the product's L2 distances cancel where vectors are close. So faiss only
// proposes some rows more than asked for; their distances are computed anew, one way for all, and
// where the rounding errors could have hidden a nearer row, the query is answered by a plain scan.
//
// flat: at least `k` rows of finite vectors; longest: their largest squared length;
// x: `[n, d]`; found: `[n, k]`.
void nearest(const faiss::IndexFlat &flat, double longest, size_t n, const float *x, size_t k,
             Found *found);

}  // namespace cfaiss
