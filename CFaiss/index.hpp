// The handle behind cfaiss_index.
#pragma once

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFPQ.h>
#include <omp.h>

#include <memory>
#include <mutex>
#include <vector>

#include "cfaiss.h"
#include "guard.hpp"

struct cfaiss_index {
  cfaiss_description description;
  std::unique_ptr<faiss::Index> owner;
  // The largest squared length among the vectors that are searched exactly: all rows of a flat
  // index, the centroids of IVF-PQ. It bounds the rounding errors of a product.
  double longest = 0;

  // IVF-PQ: where the code of each row is, list << 32 | place in it; filled when first asked for.
  mutable std::once_flag located;
  mutable std::vector<uint64_t> places;

  // The index as the kind it was made as.
  template <class Kind>
  Kind &as(cfaiss_kind kind) const {
    Kind *found = description.kind == kind ? dynamic_cast<Kind *>(owner.get()) : nullptr;
    if (found == nullptr) throw cfaiss::Failure(CFAISS_REFUSED, "the index is of another kind");
    return *found;
  }
};

namespace cfaiss {

// Sets the OpenMP thread count of the calling thread and puts the old one back.
class ThreadScope {
 public:
  explicit ThreadScope(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads);
  }
  ~ThreadScope() { omp_set_num_threads(before_); }
  ThreadScope(const ThreadScope &) = delete;
  ThreadScope &operator=(const ThreadScope &) = delete;

 private:
  const int before_;
};

// The metric in faiss's words.
inline faiss::MetricType metric(const cfaiss_description &description) {
  return description.inner_product ? faiss::METRIC_INNER_PRODUCT : faiss::METRIC_L2;
}

// The largest squared length of `[n, d]` vectors.
double longest_squared(const float *x, size_t n, size_t d);

}  // namespace cfaiss
