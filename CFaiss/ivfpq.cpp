// Search in IVF-PQ: product quantization of Jégou, Douze and Schmid, "Product quantization for
// nearest neighbor search", TPAMI 2011, doi:10.1109/TPAMI.2010.57.
#include <algorithm>
#include <vector>

#include "index.hpp"
#include "nearest.hpp"

namespace {

using cfaiss::Found;

// Sorts one query's labels and drops faiss's padding of -1. `sign` turns scores into distances.
size_t collect(const int64_t *labels, const float *scores, size_t k, float sign,
               std::vector<Found> &found) {
  found.clear();
  for (size_t i = 0; i < k; i++) {
    if (labels[i] >= 0) found.push_back(Found{sign * scores[i], labels[i]});
  }
  std::sort(found.begin(), found.end());
  return found.size();
}

}  // namespace

void cfaiss::write_labelled(const std::vector<int64_t> &labels, const std::vector<float> &scores,
                            float sign, size_t n, size_t k, intptr_t *counts, uint32_t *rows,
                            float *distances) {
  std::vector<Found> found;
  for (size_t q = 0; q < n; q++) {
    const size_t count = collect(&labels[q * k], &scores[q * k], k, sign, found);
    counts[q] = static_cast<intptr_t>(count);
    for (size_t i = 0; i < count; i++) {
      rows[q * k + i] = static_cast<uint32_t>(found[i].row);
      distances[q * k + i] = found[i].distance;
    }
  }
}

cfaiss_status cfaiss_ivfpq_search(const cfaiss_index *index, size_t n, const float *x, size_t k,
                                  size_t nprobe, size_t max_codes, intptr_t *counts, uint32_t *rows,
                                  float *distances) {
  return cfaiss::guarded([&] {
    const auto &ivf = index->as<faiss::IndexIVFPQ>(CFAISS_IVFPQ);
    cfaiss::ThreadScope scope(1);
    const float sign = index->description.inner_product ? -1.0f : 1.0f;
    const size_t probes = std::min(nprobe, ivf.nlist);
    // The cells are chosen here and not by IndexIVF::search, so that a query visits the same cells
    // alone and in a batch, and so that no counter of faiss's is shared between threads.
    std::vector<Found> cells(n * probes);
    const auto &centroids = dynamic_cast<const faiss::IndexFlat &>(*ivf.quantizer);
    cfaiss::nearest(centroids, index->longest, n, x, probes, cells.data());
    std::vector<int64_t> keys(n * probes);
    std::vector<float> key_scores(n * probes);
    for (size_t i = 0; i < n * probes; i++) {
      keys[i] = cells[i].row;
      key_scores[i] = sign * cells[i].distance;
    }
    faiss::SearchParametersIVF parameters;
    parameters.nprobe = probes;
    parameters.max_codes = max_codes;
    std::vector<int64_t> labels(n * k);
    std::vector<float> scores(n * k);
    ivf.search_preassigned(static_cast<int64_t>(n), x, static_cast<int64_t>(k), keys.data(),
                           key_scores.data(), scores.data(), labels.data(), false, &parameters);
    cfaiss::write_labelled(labels, scores, sign, n, k, counts, rows, distances);
  });
}
