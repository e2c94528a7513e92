#include "fake_faiss_gpu.h"

#include <faiss/clone_index.h>
#include <faiss/impl/FaissException.h>

#include <atomic>

#include "cfaiss.h"

namespace {

int32_t gpus;
const char *failure;
std::atomic<int32_t> arrivals, returns;
cfaiss_gpu_place last;

int32_t count() { return gpus; }

void *to_gpu(const void *index, const cfaiss_gpu_place *place) {
  if (failure != nullptr) throw faiss::FaissException(failure);
  arrivals++;
  last = *place;
  return faiss::clone_index(static_cast<const faiss::Index *>(index));
}

void *to_host(const void *index) {
  returns++;
  return faiss::clone_index(static_cast<const faiss::Index *>(index));
}

const cfaiss_gpu_library library{count, to_gpu, to_host};

}  // namespace

void fake_faiss_gpus(int32_t count, const char *error) {
  gpus = count;
  failure = error;
  arrivals = returns = 0;
  cfaiss_gpu_replace(count > 0 ? &library : nullptr);
}

int32_t fake_faiss_arrivals(void) { return arrivals; }
int32_t fake_faiss_returns(void) { return returns; }
int32_t fake_faiss_device(void) { return last.device; }
bool fake_faiss_half(void) { return last.half; }
size_t fake_faiss_scratch(void) { return last.scratch; }
