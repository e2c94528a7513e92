// Exact search: see nearest.hpp.
#include <faiss/utils/distances.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "index.hpp"
#include "nearest.hpp"

namespace {

using cfaiss::Found;

// How many rows faiss proposes for `k`: more than asked for, the more the closer neighbors lie.
size_t proposals(size_t k) { return k + k / 4 + 16; }

// The distance of a query to a row, always by the same instructions.
float distance(const faiss::IndexFlat &flat, const float *query, int64_t row) {
  const float *vector = flat.get_xb() + static_cast<size_t>(row) * flat.d;
  return flat.metric_type == faiss::METRIC_INNER_PRODUCT
             ? -faiss::fvec_inner_product(query, vector, flat.d)
             : faiss::fvec_L2sqr(query, vector, flat.d);
}

// How far faiss's distance can be from `distance`: the worst case of a sum of d rounded products in
// any order (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1), twice,
// with a few operations to spare.
double rounding(const faiss::IndexFlat &flat, double longest, const float *query) {
  const double unit = 0x1p-24;
  const double a = std::sqrt(cfaiss::longest_squared(query, 1, flat.d));
  const double b = std::sqrt(longest);
  const double size = flat.metric_type == faiss::METRIC_INNER_PRODUCT ? a * b : (a + b) * (a + b);
  return 2.0 * (flat.d + 8) * unit * size + FLT_MIN;
}

// Every row in turn, with a heap of the best: slow, but never in doubt.
void scan(const faiss::IndexFlat &flat, const float *query, size_t k, Found *found) {
  size_t held = 0;
  for (int64_t row = 0; row < flat.ntotal; row++) {
    const Found next{distance(flat, query, row), row};
    if (held < k) {
      found[held++] = next;
      std::push_heap(found, found + held);
    } else if (next < found[0]) {
      std::pop_heap(found, found + k);
      found[k - 1] = next;
      std::push_heap(found, found + k);
    }
  }
  std::sort_heap(found, found + held);
}

}  // namespace

void cfaiss::nearest(const faiss::IndexFlat &flat, double longest, size_t n, const float *x,
                     size_t k, Found *found, const Proposer *proposer) {
  const size_t total = static_cast<size_t>(flat.ntotal);
  if (k < 1 || k > total) throw Failure(CFAISS_REFUSED, "k must be from 1 to the number of rows");
  const faiss::Index &source = proposer != nullptr ? proposer->index : flat;
  const size_t most = proposer != nullptr ? std::min(total, proposer->most) : total;
  const bool is_proven = proposer == nullptr || proposer->is_single;
  const size_t wide = std::min(most, proposals(k));
  const double sign = flat.metric_type == faiss::METRIC_INNER_PRODUCT ? -1 : 1;
  std::vector<float> proposed(n * wide);
  std::vector<int64_t> rows(n * wide);
  std::vector<Found> candidates(wide);
  source.search(static_cast<int64_t>(n), x, static_cast<int64_t>(wide), proposed.data(),
                rows.data());
  for (size_t q = 0; q < n; q++) {
    const float *query = x + q * flat.d;
    bool complete = true;
    for (size_t i = 0; i < wide && complete; i++) {
      const int64_t row = rows[q * wide + i];
      complete = row >= 0 && row < flat.ntotal;
      if (complete) candidates[i] = Found{distance(flat, query, row), row};
    }
    // A row that faiss did not propose is no nearer to it than the last one that it did.
    const double outside = sign * proposed[q * wide + wide - 1] - rounding(flat, longest, query);
    if (complete) std::sort(candidates.begin(), candidates.end());
    if (complete && (!is_proven || wide == total || candidates[k - 1].distance < outside)) {
      std::copy_n(candidates.begin(), k, found + q * k);
    } else {
      scan(flat, query, k, found + q * k);
    }
  }
}

void cfaiss::write(const std::vector<Found> &found, size_t n, size_t k, intptr_t *counts,
                   uint32_t *rows, float *distances) {
  for (size_t i = 0; i < n * k; i++) {
    rows[i] = static_cast<uint32_t>(found[i].row);
    distances[i] = found[i].distance;
  }
  std::fill_n(counts, n, static_cast<intptr_t>(k));
}

cfaiss_status cfaiss_flat_search(const cfaiss_index *index, size_t n, const float *x, size_t k,
                                 intptr_t *counts, uint32_t *rows, float *distances) {
  return cfaiss::guarded([&] {
    const auto &flat = index->as<faiss::IndexFlat>(CFAISS_FLAT);
    cfaiss::ThreadScope scope(1);
    std::vector<Found> found(n * k);
    cfaiss::nearest(flat, index->longest, n, x, k, found.data());
    cfaiss::write(found, n, k, counts, rows, distances);
  });
}
