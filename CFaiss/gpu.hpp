// GPUs as faiss has them, or as something plays them in tests.
#pragma once

#include <memory>
#include <mutex>

#include "index.hpp"

// A copy of an index on a GPU. faiss's GPU indexes are searched by one thread at a time.
struct cfaiss_gpu_index {
  // The index that was copied; for what a GPU cannot do.
  const cfaiss_index *host;
  cfaiss_gpu_place place;
  std::unique_ptr<faiss::Index> copy;
  mutable std::mutex turn;
};

namespace cfaiss {

// faiss's own part for GPUs; NULL where it was not there when this was compiled.
const cfaiss_gpu_library *faiss_gpus();

}  // namespace cfaiss
