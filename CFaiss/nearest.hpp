// Exact search over a flat index, the same for a query alone and in a batch.
#pragma once

#include <faiss/IndexFlat.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cfaiss {

// A row with its distance; smaller is nearer, and lower rows go first where distances are equal.
struct Found {
  float distance;
  int64_t row;

  bool operator<(const Found &other) const {
    return distance != other.distance ? distance < other.distance : row < other.row;
  }
};

// What proposes rows in place of a flat index: a copy of it on a GPU.
struct Proposer {
  const faiss::Index &index;
  // The most rows that it proposes.
  size_t most;
  // Whether its distances have no other errors than those of sums of single-precision products.
  bool is_single;
};

// Finds the `k` nearest rows of each query, nearest first.
//
// faiss answers batches by a blocked matrix product and single queries by a loop; the two differ in
// the last bits, and the product's L2 distances cancel where vectors are close. So faiss only
// proposes some rows more than asked for; their distances are computed anew, one way for all, and
// where the rounding errors could have hidden a nearer row, the query is answered by a plain scan.
//
// flat: at least `k` rows of finite vectors; longest: their largest squared length;
// x: `[n, d]`; found: `[n, k]`. Rows of a proposer that is not in single precision are taken as they
// come, and `k` is at most as many as it proposes.
void nearest(const faiss::IndexFlat &flat, double longest, size_t n, const float *x, size_t k,
             Found *found, const Proposer *proposer = nullptr);

// Writes what was found for `n` queries, `k` each.
void write(const std::vector<Found> &found, size_t n, size_t k, intptr_t *counts, uint32_t *rows,
           float *distances);

// The same from faiss's labels, padded with -1, and scores, which `sign` turns into distances.
void write_labelled(const std::vector<int64_t> &labels, const std::vector<float> &scores,
                    float sign, size_t n, size_t k, intptr_t *counts, uint32_t *rows,
                    float *distances);

}  // namespace cfaiss
