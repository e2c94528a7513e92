// Making, training and filling an index.
#include "index.hpp"

#include <algorithm>
#include <cmath>

namespace {

double squared_length(const float *x, size_t d) {
  double sum = 0;
  for (size_t i = 0; i < d; i++) sum += static_cast<double>(x[i]) * x[i];
  return sum;
}

std::unique_ptr<faiss::Index> make_ivfpq(const cfaiss_description &what) {
  const int d = what.dimension;
  auto quantizer = std::make_unique<faiss::IndexFlat>(d, cfaiss::metric(what));
  auto index = std::make_unique<faiss::IndexIVFPQ>(quantizer.get(), d, what.nlist, what.m,
                                                   what.nbits, cfaiss::metric(what));
  quantizer.release();
  index->own_fields = true;
  index->by_residual = what.by_residual;
  for (faiss::ClusteringParameters *k_means : {&index->cp, &index->pq.cp}) {
    k_means->seed = what.seed;
    k_means->nredo = what.nredo;
    k_means->max_points_per_centroid = what.max_points_per_centroid;
    // faiss prints a warning where there are fewer; too few for k-means is an error in any case.
    k_means->min_points_per_centroid = 1;
  }
  index->cp.niter = what.niter;
  index->pq.cp.niter = what.pq_niter;
  return index;
}

std::unique_ptr<faiss::Index> make_hnsw(const cfaiss_description &what) {
  if (what.links < 2) throw cfaiss::Failure(CFAISS_REFUSED, "M must be at least 2");
  auto index =
      std::make_unique<faiss::IndexHNSWFlat>(what.dimension, what.links, cfaiss::metric(what));
  index->hnsw.efConstruction = what.ef_construction;
  index->hnsw.rng = faiss::RandomGenerator(what.seed);
  return index;
}

std::unique_ptr<faiss::Index> make(const cfaiss_description &what) {
  if (what.dimension < 1) throw cfaiss::Failure(CFAISS_REFUSED, "the dimension must be positive");
  switch (what.kind) {
    case CFAISS_FLAT:
      return std::make_unique<faiss::IndexFlat>(what.dimension, cfaiss::metric(what));
    case CFAISS_IVFPQ:
      return make_ivfpq(what);
    case CFAISS_HNSW:
      return make_hnsw(what);
  }
  throw cfaiss::Failure(CFAISS_REFUSED, "no such kind of index");
}

}  // namespace

double cfaiss::longest_squared(const float *x, size_t n, size_t d) {
  double longest = 0;
  for (size_t row = 0; row < n; row++) longest = std::max(longest, squared_length(x + row * d, d));
  return longest;
}

cfaiss_status cfaiss_create(const cfaiss_description *description, cfaiss_index **index) {
  return cfaiss::guarded([&] {
    auto made = std::make_unique<cfaiss_index>();
    made->description = *description;
    made->owner = make(*description);
    *index = made.release();
  });
}

void cfaiss_free(cfaiss_index *index) { delete index; }

size_t cfaiss_first_longer(const float *x, size_t n, size_t d, double limit) {
  for (size_t row = 0; row < n; row++) {
    if (!(squared_length(x + row * d, d) <= limit)) return row;
  }
  return n;
}

cfaiss_status cfaiss_train(cfaiss_index *index, size_t n, const float *x, int32_t threads) {
  return cfaiss::guarded([&] {
    auto &ivf = index->as<faiss::IndexIVFPQ>(CFAISS_IVFPQ);
    cfaiss::ThreadScope scope(threads);
    ivf.train(static_cast<int64_t>(n), x);
    const auto &centroids = dynamic_cast<const faiss::IndexFlat &>(*ivf.quantizer);
    index->longest = cfaiss::longest_squared(centroids.get_xb(), ivf.nlist, ivf.d);
  });
}

cfaiss_status cfaiss_add(cfaiss_index *index, size_t n, const float *x, int32_t threads) {
  return cfaiss::guarded([&] {
    cfaiss::ThreadScope scope(threads);
    index->owner->add(static_cast<int64_t>(n), x);
    if (index->description.kind == CFAISS_FLAT) {
      const double longest = cfaiss::longest_squared(x, n, index->description.dimension);
      index->longest = std::max(index->longest, longest);
    }
  });
}

int64_t cfaiss_count(const cfaiss_index *index) { return index->owner->ntotal; }
