// Indexes on GPUs: copied there, searched and filled there, and brought back.
#include "gpu.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "nearest.hpp"

namespace {

using cfaiss::Failure;
using cfaiss::Found;

std::atomic<const cfaiss_gpu_library *> replacement{nullptr};

// What faiss's kernels select at most.
constexpr size_t most = 2048;

const cfaiss_gpu_library *library() {
  const cfaiss_gpu_library *given = replacement.load();
  return given != nullptr ? given : cfaiss::faiss_gpus();
}

const cfaiss_gpu_library &checked(const cfaiss_gpu_place &place) {
  const cfaiss_gpu_library *gpus = library();
  if (gpus == nullptr) throw Failure(CFAISS_NO_GPU, "this faiss was built without GPUs");
  const int32_t count = gpus->count();
  if (place.device < 0 || place.device >= count) {
    throw Failure(CFAISS_NO_GPU, "there is no GPU " + std::to_string(place.device) + " among " +
                                     std::to_string(count));
  }
  return *gpus;
}

// faiss's allocator throws what all its functions do, and says what it was in the text.
template <class Body>
void on_gpu(const Body &body) {
  try {
    body();
  } catch (const std::exception &exception) {
    if (std::string(exception.what()).find("out of memory") == std::string::npos) throw;
    throw Failure(CFAISS_NO_MEMORY, exception.what());
  }
}

std::unique_ptr<faiss::Index> moved(const cfaiss_gpu_library &gpus, const faiss::Index &index,
                                    const cfaiss_gpu_place &place) {
  std::unique_ptr<faiss::Index> copy;
  on_gpu([&] { copy.reset(static_cast<faiss::Index *>(gpus.to_gpu(&index, &place))); });
  return copy;
}

void check_limit(size_t value, const char *name) {
  if (value <= most) return;
  throw Failure(CFAISS_REFUSED, std::string(name) + " is at most " + std::to_string(most) +
                                    " on a GPU, not " + std::to_string(value));
}

}  // namespace

void cfaiss_gpu_replace(const cfaiss_gpu_library *given) { replacement = given; }

bool cfaiss_gpu_built(void) { return library() != nullptr; }

cfaiss_status cfaiss_gpu_copy(const cfaiss_index *index, const cfaiss_gpu_place *place,
                              cfaiss_gpu_index **copy) {
  return cfaiss::guarded([&] {
    if (index->description.kind == CFAISS_HNSW) {
      throw Failure(CFAISS_REFUSED, "faiss has no such index on a GPU");
    }
    auto made = std::make_unique<cfaiss_gpu_index>();
    made->host = index;
    made->place = *place;
    made->copy = moved(checked(*place), *index->owner, *place);
    *copy = made.release();
  });
}

void cfaiss_gpu_free(cfaiss_gpu_index *copy) { delete copy; }

cfaiss_status cfaiss_gpu_train(cfaiss_index *index, const cfaiss_gpu_place *place, size_t n,
                               const float *x, int32_t threads) {
  return cfaiss::guarded([&] {
    auto &ivf = index->as<faiss::IndexIVFPQ>(CFAISS_IVFPQ);
    const faiss::IndexFlat empty(ivf.d, ivf.metric_type);
    // k-means compares its vectors with the centroids there.
    const std::unique_ptr<faiss::Index> centroids = moved(checked(*place), empty, *place);
    ivf.clustering_index = centroids.get();
    const cfaiss_status status = cfaiss_train(index, n, x, threads);
    ivf.clustering_index = nullptr;
    on_gpu([&] {
      if (status != CFAISS_OK) throw Failure(status, cfaiss_message());
    });
  });
}

cfaiss_status cfaiss_gpu_add(cfaiss_gpu_index *copy, size_t n, const float *x) {
  return cfaiss::guarded(
      [&] { on_gpu([&] { copy->copy->add(static_cast<int64_t>(n), x); }); });
}

cfaiss_status cfaiss_gpu_take(cfaiss_index *index, const cfaiss_gpu_index *copy) {
  return cfaiss::guarded([&] {
    const cfaiss_gpu_library &gpus = checked(copy->place);
    std::unique_ptr<faiss::Index> taken(
        static_cast<faiss::Index *>(gpus.to_host(copy->copy.get())));
    auto *ivf = dynamic_cast<faiss::IndexIVFPQ *>(taken.get());
    if (ivf == nullptr) {
      throw Failure(CFAISS_REFUSED, "another kind of index came back from the GPU");
    }
    // The GPU has tables of its own.
    ivf->precompute_table();
    index->owner = std::move(taken);
  });
}

cfaiss_status cfaiss_gpu_flat_search(const cfaiss_gpu_index *copy, size_t n, const float *x,
                                     size_t k, intptr_t *counts, uint32_t *rows,
                                     float *distances) {
  return cfaiss::guarded([&] {
    const auto &flat = copy->host->as<faiss::IndexFlat>(CFAISS_FLAT);
    check_limit(k, "k");
    cfaiss::ThreadScope scope(1);
    std::lock_guard<std::mutex> lock(copy->turn);
    const cfaiss::Proposer proposer{*copy->copy, most, !copy->place.half};
    std::vector<Found> found(n * k);
    on_gpu([&] {
      cfaiss::nearest(flat, copy->host->longest, n, x, k, found.data(), &proposer);
    });
    cfaiss::write(found, n, k, counts, rows, distances);
  });
}

cfaiss_status cfaiss_gpu_ivfpq_search(const cfaiss_gpu_index *copy, size_t n, const float *x,
                                      size_t k, size_t nprobe, intptr_t *counts, uint32_t *rows,
                                      float *distances) {
  return cfaiss::guarded([&] {
    const auto &ivf = copy->host->as<faiss::IndexIVFPQ>(CFAISS_IVFPQ);
    faiss::SearchParametersIVF parameters;
    parameters.nprobe = std::min(nprobe, ivf.nlist);
    check_limit(k, "k");
    check_limit(parameters.nprobe, "nprobe");
    std::vector<int64_t> labels(n * k);
    std::vector<float> scores(n * k);
    std::lock_guard<std::mutex> lock(copy->turn);
    on_gpu([&] {
      copy->copy->search(static_cast<int64_t>(n), x, static_cast<int64_t>(k), scores.data(),
                         labels.data(), &parameters);
    });
    const float sign = copy->host->description.inner_product ? -1.0f : 1.0f;
    cfaiss::write_labelled(labels, scores, sign, n, k, counts, rows, distances);
  });
}
