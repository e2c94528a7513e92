// faiss's part for GPUs, where faiss has one: HAVE_FAISS_GPU comes from the package's trait FaissGPU.
#include "gpu.hpp"

#ifdef HAVE_FAISS_GPU

#include <faiss/gpu/GpuCloner.h>
#include <faiss/gpu/StandardGpuResources.h>
#include <faiss/gpu/utils/DeviceUtils.h>

namespace {

int32_t count() { return faiss::gpu::getNumDevices(); }

// The copy holds on to its resources.
void *to_gpu(const void *index, const cfaiss_gpu_place *place) {
  faiss::gpu::StandardGpuResources resources;
  if (place->scratch > 0) resources.setTempMemory(place->scratch);
  faiss::gpu::GpuClonerOptions options;
  // Rows are below 2^31.
  options.indicesOptions = faiss::gpu::INDICES_32_BIT;
  options.useFloat16 = place->half;
  return faiss::gpu::index_cpu_to_gpu(&resources, place->device,
                                      static_cast<const faiss::Index *>(index), &options);
}

void *to_host(const void *index) {
  return faiss::gpu::index_gpu_to_cpu(static_cast<const faiss::Index *>(index));
}

const cfaiss_gpu_library library{count, to_gpu, to_host};

}  // namespace

const cfaiss_gpu_library *cfaiss::faiss_gpus() { return &library; }

#else

const cfaiss_gpu_library *cfaiss::faiss_gpus() { return nullptr; }

#endif
