// Processors that are not the host's.
#if HAVE_TORCH
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/DeviceGuard.h>
#include <dlfcn.h>

#include "tensor.hpp"

namespace {

using ctorch::guarded;
using ctorch::Refusal;

int32_t device_count() { return at::hasCUDA() ? static_cast<int32_t>(at::getNumGPUs()) : 0; }

ctorch_status cuda_device_count(int32_t *count) {
  return guarded([&] { *count = device_count(); });
}

ctorch_status device_memory(ctorch_device device, int64_t *free_bytes, int64_t *total_bytes) {
  return guarded([&] {
    if (device.kind != CTORCH_CUDA) throw Refusal("only CUDA devices tell their memory");
    const c10::DeviceGuard guard(ctorch::device(device));
    // Found by name: CUDA's headers are no part of an installed PyTorch, its library is.
    using MemoryInfo = int (*)(size_t *, size_t *);
    const auto info = reinterpret_cast<MemoryInfo>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
    size_t available = 0, total = 0;
    if (info == nullptr || info(&available, &total) != 0) {
      throw Refusal("CUDA does not tell the memory of its device");
    }
    *free_bytes = static_cast<int64_t>(available);
    *total_bytes = static_cast<int64_t>(total);
  });
}

ctorch_status synchronize(ctorch_device device) {
  return guarded([&] {
    const at::Device chosen = ctorch::device(device);
    if (chosen.is_cuda()) at::detail::getCUDAHooks().deviceSynchronize(chosen.index());
  });
}

}  // namespace

at::Device ctorch::device(ctorch_device device) {
  if (device.kind == CTORCH_CPU) return at::Device(at::kCPU);
  if (device.kind != CTORCH_CUDA) throw Refusal("no such kind of device");
  const int32_t count = device_count();
  if (device.index < 0 || device.index >= count) {
    throw Refusal("no CUDA device " + std::to_string(device.index) + "; there are " +
                  std::to_string(count));
  }
  return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index));
}

void ctorch::fill_devices(ctorch_table &table) {
  table.cuda_device_count = cuda_device_count;
  table.device_memory = device_memory;
  table.synchronize = synchronize;
}
#endif
